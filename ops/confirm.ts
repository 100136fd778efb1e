import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { FAILED } from './command.ts';

export interface Terminal {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable;
}

/**
 * Asks a person at a terminal before a change that cannot be undone. Scripts are not asked. The answer no sets the exit
 * code.
 */
export async function isConfirmed(
  question: string,
  yes: boolean | undefined,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (yes || !input.isTTY) return true;
  const lines = createInterface({ input, output });
  // Ctrl-D and Ctrl-C close it without an answer.
  const closed = once(lines, 'close').then(() => undefined);
  const answer = await Promise.race([lines.question(`${question} [y/N] `).catch(() => undefined), closed]);
  lines.close();
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return true;
  output.write(`${answer === undefined ? '\n' : ''}nothing was changed\n`);
  process.exitCode = FAILED;
  return false;
}
