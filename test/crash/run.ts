import { spawnSync } from 'node:child_process';
import { Option } from '@commander-js/extra-typings';
import { command, FAILED, run } from '../../ops/command.ts';
import { SCENARIOS } from './scenarios.ts';

await run(
  command('npm run crash', 'Repeats each scenario once per crash point; npm test covers a sample of them.')
    .addOption(
      new Option('--scenario <name>', 'only this scenario (default: all)').choices(SCENARIOS.map(({ name }) => name)),
    )
    .action(({ scenario }) => {
      const { status, error } = spawnSync(
        'vitest',
        ['run', '--project', 'crash', ...(scenario ? ['--testNamePattern', `^${scenario} `] : [])],
        { stdio: 'inherit', env: { ...process.env, CRASH: 'all' } },
      );
      if (error) throw error;
      if (status !== 0) process.exitCode = FAILED;
    }),
);
