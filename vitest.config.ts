import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    maxWorkers: 2,
    // A machine that is busy, or synthesises for the first time, takes its time.
    testTimeout: 60_000,
    // What is measured would fill the screen; test/support/stack/emitted-metrics.ts switches it on where it is looked at.
    env: { POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_METRICS_NAMESPACE: 'SettleOnce/test' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Files share what they load: the CDK alone takes seconds.
          isolate: false,
          include: ['test/unit/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'repositories',
          include: ['test/repositories/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-tables.ts'],
          // One set of tables for all of them, and some count what is in it.
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-tables.ts'],
          // The clock, the environment and the tables are everybody's.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // One stack for all of them, and the simulator's settings are everybody's.
          globalSetup: ['test/support/stack/start-stack.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // A shop of their own, for they break all of it, and count what happens.
          name: 'alarms',
          include: ['test/alarms/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-stack.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          env: { POWERTOOLS_METRICS_NAMESPACE: 'SettleOnce/local' },
          testTimeout: 60_000,
          hookTimeout: 240_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-stack.ts', 'test/support/stack/start-browser.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          fileParallelism: false,
          testTimeout: 90_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          // The same purchases once more, with IAM enforced.
          name: 'least-privilege',
          include: [
            'test/least-privilege/**/*.test.ts',
            'test/integration/{successful,cancelled}-payment.test.ts',
            'test/integration/{late-money,refunds-at-paypal,consistency,hostile-deliveries,stopped-settlement,reconciliation}.test.ts',
            'test/integration/operator-{repairs,views}.test.ts',
          ],
          globalSetup: ['test/support/stack/start-guarded-stack.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
