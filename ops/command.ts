import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  InvalidArgumentError,
  Option,
} from '@commander-js/extra-typings';
import packageJson from '../package.json' with { type: 'json' };
import { reportErrors } from './report-errors.ts';

/*
 * What the commands of package.json have in common, as documented in docs/commands.md. A command is one file: it gives
 * a `command` its arguments, options and action, and passes it to `run`. The action sets process.exitCode to FAILED, or
 * throws, when the command fails.
 */

/** Exit code: failed, or not found. */
export const FAILED = 1;
/** Exit code: unknown option, missing or surplus argument, invalid value. */
const WRONG_USAGE = 2;

export const JSON_OUTPUT = new Option('--json', 'print JSON');
export const DRY_RUN = new Option('--dry-run', 'print what would change, and change nothing');
export const YES = new Option('--yes', 'do not ask for confirmation');

/** @param name as typed: `npm run erase` */
export const command = (name: string, description: string) =>
  new Command(`${name} --`)
    .description(description)
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .addHelpText('afterAll', '\nexit codes: 0 done, 1 failed or not found, 2 wrong usage')
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => title.toLowerCase() })
    .exitOverride();

/** Parses the arguments and runs the action; of a wrong usage, prints the usage and what is wrong. */
export async function run(program: CommandUnknownOpts): Promise<void> {
  reportErrors();
  if (program.commands.length > 0) program.usage(`${program.commands.map(callOf).join(' | ')} [options]`);
  for (const each of [program, ...program.commands]) {
    const usage = `usage: ${each.createHelp().commandUsage(each)}`;
    each.configureOutput({ outputError: (error, write) => write(`${usage}\n${error}`) });
  }
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) process.exitCode = WRONG_USAGE;
  }
  // The channel to local/bootstrap.mjs would keep this process alive.
  if (process.connected) process.disconnect();
}

/** `add <name>` */
const callOf = (subcommand: CommandUnknownOpts): string =>
  `${subcommand.name()} ${subcommand.usage()}`.replace(' [options]', '');

/** Parses an argument or the value of an option. @param expected completes "expected …" in the error */
export const matching =
  <Text extends string>(isValid: (text: string) => text is Text, expected: string) =>
  (text: string): Text => {
    if (isValid(text)) return text;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };

/** Parses an argument or the value of an option. */
export const wholeNumber =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
