import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { command, FAILED, JSON_OUTPUT, run } from '../ops/command.ts';
import { readAudit, SEVERITIES } from './audit-report.ts';

await run(
  command('npm run audit', 'Asks the npm registry for known vulnerabilities of the packages in package-lock.json.')
    .addOption(new Option('--level <severity>', 'the mildest that fails').choices(SEVERITIES).default('high' as const))
    .addOption(JSON_OUTPUT)
    .addHelpText('after', '\nIt fails, too, when the registry cannot be asked.')
    .action(({ level, json }) => {
      const { stdout, error } = spawnSync('npm', ['audit', '--json'], {
        cwd: join(import.meta.dirname, '..'),
        encoding: 'utf8',
        maxBuffer: 64 * 1024 * 1024,
      });
      if (error) throw new Error('cannot run npm', { cause: error });
      const result = readAudit(stdout, level);
      if (result.outcome === 'unavailable') throw new Error(`cannot audit: ${result.reason}`);

      const { vulnerabilities } = result;
      if (json) console.log(JSON.stringify({ vulnerabilities }, null, 2));
      else {
        for (const { package: name, severity, range, advisories } of vulnerabilities)
          console.log([`${severity}: ${name} ${range}`, ...advisories.map((one) => `  ${one}`)].join('\n'));
        console.log(`${vulnerabilities.length} vulnerable packages of severity ${level} or above`);
      }
      if (vulnerabilities.length > 0) process.exitCode = FAILED;
    }),
);
