import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { repairActions } from '../../src/consistency/repair-actions.ts';
import type { RepairActions } from '../../src/consistency/repair-finding.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { reconcileReservation } from '../../src/reconciliation/reconcile-reservation.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { composePayments } from './payments.ts';
import { composeSettlements } from './settlements.ts';

/** The ordinary ways by which findings are repaired, for whoever lets operators repair them. `env` reads the function's environment. */
export function composeRepairs(parts: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly env: (name: EnvName) => string;
}): RepairActions {
  const { db, env } = parts;
  const { paypal, ...composed } = composePayments(parts);
  const stock = stockRepository(db, { products: env('PRODUCTS_TABLE'), reservations: env('RESERVATIONS_TABLE') });
  const sessions = sessionRepository(db, env('CHECKOUT_SESSIONS_TABLE'));
  const deps = { ...composed, ...paypal };
  return repairActions({
    refund: deps,
    retry: composeSettlements(parts),
    replay: { ...deps, events: eventRepository(db, env('WEBHOOK_EVENTS_TABLE')) },
    stock,
    reconcileReservation: (id) => reconcileReservation({ ...composed, stock, sessions }, id),
  });
}
