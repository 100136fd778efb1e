import type { FunctionName } from './functions.ts';
import type { StageName } from './names.ts';

/*
 * Read by lib/stages.ts and by `npm run deploy`: keep it free of aws-cdk-lib, which is slow to load.
 */

/** The most invocations of a function at the same time, which Lambda keeps free for it. */
export type ReservedConcurrency = { readonly [Name in FunctionName]?: number };

const OFF: ReservedConcurrency = {};

/** Without it, slow calls to PayPal in the storefront could take all of the account's concurrency. */
export const RESERVED_CONCURRENCY: Readonly<Record<StageName, ReservedConcurrency>> = {
  local: OFF,
  sandbox: OFF,
  prod: {
    // 200 deliveries a second of 0.1 s, and as many again for slow ones.
    'paypal-webhook': 40,
    // A settlement runs each step for a second or less: 50 settlements at the same time.
    payments: 50,
    inventory: 50,
    checkout: 50,
    fulfillment: 50,
    // The payment workers, the scheduled jobs and an operator's run.
    reconciliation: 20,
  },
};

export const totalOf = (reserved: ReservedConcurrency): number =>
  Object.values(reserved).reduce((sum, count) => sum + count, 0);
