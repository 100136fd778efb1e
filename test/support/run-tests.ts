import { spawnSync } from 'node:child_process';
import { FAILED } from '../../ops/command.ts';

/** Runs Vitest for a command whose tests `npm test` runs on a smaller scale. Sets the exit code when they fail. */
export function runTests(project: string, args: readonly string[], env: Readonly<Record<string, string>>): void {
  const { status, error } = spawnSync('vitest', ['run', '--project', project, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (error) throw error;
  if (status !== 0) process.exitCode = FAILED;
}
