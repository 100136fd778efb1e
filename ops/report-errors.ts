/** What to set when the AWS SDK finds no configuration: its own messages do not say. */
const SETTINGS: Readonly<Record<string, string>> = {
  'Region is missing': 'set AWS_REGION, or AWS_PROFILE to a profile with a region',
  'Could not load credentials from any providers': 'set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
};

/**
 * From now on, an error prints its message and causes, not a stack trace, and a reader that closes the pipe early
 * (`| head`) ends the process silently.
 */
export function reportErrors(): void {
  process.on('uncaughtException', (error) => {
    for (let reason: unknown = error; reason instanceof Error; reason = reason.cause) {
      const setting = SETTINGS[reason.message];
      console.error(setting ? `${reason.message}: ${setting}` : reason.message || reason.name);
    }
    process.exit(1);
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}
