/** MiniStack accepts any key; this one is its root user's. */
export const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** Options of AWS SDK clients for a shop on this machine. */
export interface ClientOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: typeof EMULATOR_CREDENTIALS;
}
