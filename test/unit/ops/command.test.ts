import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { wholeNumber } from '../../../ops/command.ts';

/** Runs a command that prints its options and its arguments, and fails for one name. */
const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const program = `
    import { Option } from '@commander-js/extra-typings';
    import { command, DRY_RUN, JSON_OUTPUT, matching, run, wholeNumber } from './ops/command.ts';
    const greet = command('npm run greet', 'Greets.').addOption(JSON_OUTPUT);
    greet.command('one').argument('<name>', '', matching((text) => /^[a-z]+$/.test(text), 'letters'))
      .addOption(new Option('--times <number>').env('TIMES').argParser(wholeNumber(1, 9)))
      .action((name, options, program) => {
        if (name === 'missing') throw new Error('cannot greet', { cause: new Error('not at home') });
        console.log(JSON.stringify([name, program.optsWithGlobals()]));
      });
    greet.command('all').addOption(DRY_RUN).action(() => {});
    await run(greet);
  `;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', program, '--', ...args],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, stdout, stderr };
};

const USAGE = 'usage: npm run greet -- one [options] <name>\n';

describe('run', () => {
  it('runs the action with parsed arguments and options, wherever they stand', () => {
    const expected = { status: 0, stdout: '["ada",{"times":3,"json":true}]\n', stderr: '' };

    expect(run(['one', 'ada', '--times', '3', '--json'])).toEqual(expected);
    expect(run(['--json', 'one', '--times=3', 'ada'])).toEqual(expected);
  });

  it('prints the usage of the subcommand, the error, and exits with 2 for wrong usage', () => {
    const wrong = (reason: string) => ({ status: 2, stdout: '', stderr: `${USAGE}error: ${reason}\n` });

    expect(run(['one'])).toEqual(wrong("missing required argument 'name'"));
    expect(run(['one', 'ada', 'grace', 'mary'])).toEqual(
      wrong("too many arguments for 'one'. Expected 1 argument but got 3: ada, grace, mary."),
    );
    expect(run(['one', 'ada', '--loud'])).toEqual(wrong("unknown option '--loud'"));
    expect(run(['one', 'ada', '--tims', '3'])).toEqual(wrong("unknown option '--tims'\n(Did you mean --times?)"));
    expect(run(['one', 'Ada'])).toEqual(
      wrong("command-argument value 'Ada' is invalid for argument 'name'. Expected letters."),
    );
  });

  it('names an environment variable whose value is invalid', () => {
    expect(run(['one', 'ada'], { TIMES: 'many' }).stderr).toContain(
      "value 'many' from env 'TIMES' is invalid. Expected a whole number from 1 to 9.",
    );
  });

  it('prints the subcommands and exits with 2 when none, or an unknown one, is named', () => {
    const usage = 'usage: npm run greet -- one <name> | all [options]\n';

    expect(run(['two'])).toEqual({ status: 2, stdout: '', stderr: `${usage}error: unknown command 'two'\n` });
    expect(run([])).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(usage) });
  });

  it('prints the messages of an error and of its causes, and exits with 1, when the action throws', () => {
    expect(run(['one', 'missing'])).toEqual({ status: 1, stdout: '', stderr: 'cannot greet\nnot at home\n' });
  });
});

describe('wholeNumber', () => {
  const parse = wholeNumber(1, 9);

  it('parses a number between its bounds', () => {
    expect([parse('1'), parse('9')]).toEqual([1, 9]);
  });

  it.each(['0', '10', '1.5', '-1', '1e0', 'two', ''])('rejects "%s"', (text) => {
    expect(() => parse(text)).toThrow('Expected a whole number from 1 to 9.');
  });
});
