import { command, run } from '../ops/command.ts';
import { runTests } from './support/run-tests.ts';

await run(
  command(
    'npm run payment-load',
    'Simulates four hours of reconciling and checking a million payments a month at their peak; npm test a part of it.',
  ).action(() =>
    runTests('unit', ['test/unit/reconciliation/payment-load.test.ts', 'test/unit/consistency/change-load.test.ts'], {
      PAYMENT_LOAD: 'full',
    }),
  ),
);
