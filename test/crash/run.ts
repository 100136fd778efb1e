import { Option } from '@commander-js/extra-typings';
import { command, run } from '../../ops/command.ts';
import { runTests } from '../support/run-tests.ts';
import { SCENARIOS } from './scenarios.ts';

await run(
  command('npm run crash', 'Repeats each scenario once per crash point; npm test covers a sample of them.')
    .addOption(
      new Option('--scenario <name>', 'only this scenario (default: all)').choices(SCENARIOS.map(({ name }) => name)),
    )
    .action(({ scenario }) =>
      runTests('crash', scenario ? ['--testNamePattern', `^${scenario} `] : [], { CRASH: 'all' }),
    ),
);
