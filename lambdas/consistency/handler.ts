import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context } from 'aws-lambda';
import { sessionRepository } from '../checkout/session-repository.ts';
import { orderRepository } from '../fulfillment/order-repository.ts';
import { stockRepository } from '../inventory/stock-repository.ts';
import { paymentRepository } from '../payments/payment-repository.ts';
import { connectPayPal } from '../paypal/connect.ts';
import { eventRepository } from '../paypal-webhook/event-repository.ts';
import { failedSettlementRepository } from '../settlements/failed-settlement-repository.ts';
import { workflow } from '../settlements/workflow.ts';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import { runRepository } from '../shared/run-repository.ts';
import { type CheckDeps, checkBooks } from './check-books.ts';
import { INVARIANT_NUMBERS } from './finding.ts';
import { findingRepository } from './finding-repository.ts';
import { lookAgainAt } from './look-again.ts';
import { type ConsistencyAnswer, requestSchema } from './request.ts';

/** Milliseconds for one run: what it begins last still ends before the function's 29 seconds are over. */
const TIME = 18_000;

const db = documentClient();
const operations = requireEnv('OPERATIONS_TABLE');
const { getOrder } = connectPayPal(requireEnv);
const deps: Omit<CheckDeps, 'mayGoOn'> = {
  findings: findingRepository(db, operations),
  runs: runRepository(db, operations),
  failed: failedSettlementRepository(db, operations),
  events: eventRepository(db, requireEnv('WEBHOOK_EVENTS_TABLE')),
  tables: {
    payments: paymentRepository(db, requireEnv('PAYMENTS_TABLE')),
    sessions: sessionRepository(db, requireEnv('CHECKOUT_SESSIONS_TABLE')),
    orders: orderRepository(db, requireEnv('ORDERS_TABLE')),
    stock: stockRepository(db, {
      products: requireEnv('PRODUCTS_TABLE'),
      reservations: requireEnv('RESERVATIONS_TABLE'),
    }),
  },
  workflow: workflow(new SFNClient({}), requireEnv('STATE_MACHINE_ARN')),
  getOrder,
  onTrouble: (part, trouble) => logger.warn('PART_NOT_CHECKED', { part, error: trouble.name }),
};

/** Checks the books, by the schedule or an operator, or looks again at one finding. */
export async function handler(event: unknown, context: Context): Promise<ConsistencyAnswer> {
  logger.resetKeys();
  logger.addContext(context);
  const request = requestSchema.parse(event);
  const graceSeconds = Number(requireEnv('GRACE_SECONDS'));
  const now = new Date('as_of' in request && request.as_of ? request.as_of : Date.now());
  if ('look_again' in request)
    return { finding: (await lookAgainAt(deps, request.look_again, { now, graceSeconds })) ?? null };

  const end = performance.now() + TIME;
  const { checked, findings, finished } = await checkBooks(
    { ...deps, mayGoOn: () => performance.now() < end },
    { now, graceSeconds },
  );
  logger.info('BOOKS_CHECKED', { checked, findings, finished });
  for (const invariant of INVARIANT_NUMBERS) measure('Findings', findings[invariant], String(invariant));
  measure('ConsistencyChecked', checked);
  return { checked, findings: Object.values(findings).reduce((sum, number) => sum + number, 0), finished };
}
