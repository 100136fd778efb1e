/*
 * Imported first by every command: an error prints its message and causes, not a stack trace, and a reader that closes
 * the pipe early (`| head`) ends the command silently.
 */
process.on('uncaughtException', (error) => {
  for (let reason: unknown = error; reason instanceof Error; reason = reason.cause)
    console.error(reason.message || reason.name);
  process.exit(1);
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});
