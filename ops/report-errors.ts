/*
 * What every command imports first. Whoever runs one wants the reason why it failed, not where in this code it came up, and reads as much of
 * its answer as they like (`| head`).
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
