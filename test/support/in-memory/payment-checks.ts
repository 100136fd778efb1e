import type { CheckPaymentsDeps } from '../../../src/reconciliation/check-payments.ts';
import { pauseInMemory } from './pause.ts';
import type { ShopInMemory } from './shop.ts';
import { eventsInMemory, openGate } from './tables.ts';

/** Checks the payments of a shop in memory, whose executions all run. */
export const paymentChecksOf = (
  shop: ShopInMemory,
  { now, sleep = async () => undefined }: Pick<CheckPaymentsDeps, 'now'> & Partial<Pick<CheckPaymentsDeps, 'sleep'>>,
) => ({
  payments: shop.payments.repository,
  sessions: shop.sessions.repository,
  keepPurchase: async () => undefined,
  getOrder: shop.paypal.client.getOrder,
  evidenceApplier: shop.evidenceApplier,
  startSettlement: async () => undefined,
  syncResult: async () => ({
    restarts: 0,
    execution: { arn: 'arn', status: 'RUNNING' as const, redrivable: false, redrives: 0 },
  }),
  events: eventsInMemory(openGate).repository,
  pause: pauseInMemory(),
  sleep,
  dueAfterSeconds: 120,
  now,
});
