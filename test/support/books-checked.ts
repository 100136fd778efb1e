import { inject } from 'vitest';
import { composeRepairs } from '../../lambdas/consistency/compose-repairs.ts';
import type { Finding } from '../../lambdas/consistency/finding.ts';
import { findingRepository } from '../../lambdas/consistency/finding-repository.ts';
import { type Repaired, repairFinding } from '../../lambdas/consistency/repair-finding.ts';
import { payPalSecretName } from '../../lib/names.ts';
import { callFunction, dynamo, stepFunctions } from './aws.ts';
import { functionEnvironment } from './function-environment.ts';

const { tables, state_machine_arn, simulator_url } = inject('stack');
functionEnvironment();
const environment: Readonly<Partial<Record<string, string>>> = {
  PRODUCTS_TABLE: tables.products,
  RESERVATIONS_TABLE: tables.reservations,
  CHECKOUT_SESSIONS_TABLE: tables['checkout-sessions'],
  PAYMENTS_TABLE: tables.payments,
  ORDERS_TABLE: tables.orders,
  WEBHOOK_EVENTS_TABLE: tables['webhook-events'],
  OPERATIONS_TABLE: tables.operations,
  STATE_MACHINE_ARN: state_machine_arn,
  PAYPAL_BASE_URL: simulator_url,
  PAYPAL_SECRET_NAME: payPalSecretName('local'),
  DUE_AFTER_SECONDS: '15',
};
const ways = composeRepairs({ db: dynamo, stepFunctions, env: (name) => environment[name] ?? '' });
const findings = findingRepository(dynamo, tables.operations);

/** Checks all the books of the running shop, as if it were so many minutes later: nothing that was begun until now is in flight then. */
export async function checkBooks(minutesLater = 10): Promise<Record<string, unknown>> {
  const as_of = new Date(Date.now() + minutesLater * 60_000).toISOString();
  let answer: Record<string, unknown>;
  do answer = await callFunction('consistency', { as_of });
  while (!answer.finished);
  return answer;
}

/** A finding, whether it holds or not. */
export const findingOf = (invariant: number, subject: string): Promise<Finding | undefined> =>
  findings.get(`${invariant}:${subject}`);

/** Ids of all findings that hold, with what they say. */
export async function openFindings(): Promise<string[]> {
  const open: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await findings.open(cursor);
    open.push(...page.findings.map(({ id, what }) => `${id}: ${what}`));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return open;
}

/** Repairs a finding, or says how it would be repaired. */
export const repair = (findingId: string, { dryRun = false } = {}): Promise<Repaired> =>
  repairFinding(
    {
      ways,
      lookAgain: async (look_again) => {
        const { finding } = await callFunction('consistency', { look_again });
        return (finding as Finding | null) ?? undefined;
      },
    },
    { findingId, dryRun, by: 'operator ada' },
  );
