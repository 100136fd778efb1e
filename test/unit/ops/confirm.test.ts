import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { isConfirmed } from '../../../ops/confirm.ts';

afterEach(() => {
  process.exitCode = undefined;
});

/** Answers at a terminal; without an answer, closes the input. */
async function ask(answer: string | undefined, { isTTY = true, yes = false } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough({ encoding: 'utf8' });
  input.end(answer);
  const isYes = await isConfirmed('Remove ada?', yes, { input, output });
  return { isYes, printed: String(output.read() ?? ''), exitCode: process.exitCode };
}

describe('isConfirmed', () => {
  it.each(['y\n', 'Y\n', ' yes \n'])('accepts the answer %j', async (answer) => {
    expect(await ask(answer)).toMatchObject({ isYes: true, printed: expect.stringContaining('Remove ada? [y/N] ') });
  });

  it.each(['\n', 'n\n', 'maybe\n', undefined])('takes %j for no and sets the exit code', async (answer) => {
    const { isYes, printed, exitCode } = await ask(answer);

    expect(isYes).toBe(false);
    expect(printed).toContain(`${answer === undefined ? '\n' : ''}nothing was changed\n`);
    expect(exitCode).toBe(1);
  });

  it('asks nothing with --yes, or without a terminal', async () => {
    const silent = { isYes: true, printed: '', exitCode: undefined };

    expect(await ask('n\n', { yes: true })).toEqual(silent);
    expect(await ask('n\n', { isTTY: false })).toEqual(silent);
  });
});
