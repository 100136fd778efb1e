import { defineConfig } from 'vitest/config';

/** Unit tests of more than a second: of templates, commands and the simulator, and with generated histories. */
const SLOW = [
  'test/unit/{lib,ops,simulator}/**/*.test.ts',
  'test/unit/admin-api/access.test.ts',
  'test/unit/inventory/stock-repository.test.ts',
  'test/unit/lambdas/{front-door,wiring}.test.ts',
  'test/unit/payments/{any-order,conditions,decide,past-settlements,replace-session}.test.ts',
  'test/unit/paypal-webhook/odd-events.test.ts',
  'test/unit/scripts/*.test.ts',
];

export default defineConfig({
  test: {
    sequence: { shuffle: true },
    maxWorkers: 2,
    // A safety limit: on a busy machine the first synthesis took 82 s.
    testTimeout: 240_000,
    // Metrics would flood the output; test/support/stack/emitted-metrics.ts enables them where they are asserted.
    env: { POWERTOOLS_METRICS_DISABLED: 'true', POWERTOOLS_METRICS_NAMESPACE: 'SettleOnce/test' },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Files share loaded modules.
          isolate: false,
          include: ['test/unit/**/*.test.ts'],
          exclude: SLOW,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          // The CDK alone takes seconds to load.
          isolate: false,
          include: SLOW,
        },
      },
      {
        extends: true,
        test: {
          name: 'repositories',
          include: ['test/repositories/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-tables.ts'],
          // All files share one set of tables, and some count its items.
          fileParallelism: false,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // The same tests on a second implementation: see `npm run test:moto`.
          name: 'moto',
          include: ['test/repositories/**/*.test.ts'],
          globalSetup: ['test/support/stack/start-moto.ts'],
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
          // All files share fake time, environment and tables.
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
          // All files share one stack, which enforces IAM, and the simulator's settings.
          globalSetup: ['test/support/stack/start-guarded-stack.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Own stack: these tests break all of it and count metrics.
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
          // Switches on what stage local has off: see test/support/stack/start-hardened-stack.ts.
          name: 'hardened',
          include: ['test/hardened/**/*.test.ts', 'test/integration/successful-payment.test.ts'],
          globalSetup: ['test/support/stack/start-hardened-stack.ts', 'test/support/stack/start-browser.ts'],
          setupFiles: ['test/support/stack/after-each.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
