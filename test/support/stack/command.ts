import { execFile } from 'node:child_process';
import { inject } from 'vitest';

export interface CommandResult {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of the project's commands on the shop under test. Not synchronously: this process would miss that a server
 * closes idle connections meanwhile, and send its next request on one of them.
 */
export const command = (script: string, ...args: readonly string[]): Promise<CommandResult> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args, '--stack-file', inject('stack_file')], (error, stdout, stderr) => {
      const code = error ? error.code : 0;
      resolve({ status: typeof code === 'number' ? code : undefined, stdout, stderr });
    });
  });
