import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { findingRepository } from '../../src/consistency/finding-repository.ts';
import type { CheckDeps } from '../../src/consistency/run-check.ts';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { connectPayPal } from '../../src/paypal/connect.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { executionClient } from '../../src/settlements/execution-client.ts';
import { failedSettlementRepository } from '../../src/settlements/failed-settlement-repository.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { runRepository } from '../../src/shared/run-repository.ts';

/** What the check of the books reads, and where it writes what it finds. `env` reads the function's environment. */
export function composeCheck({
  db,
  stepFunctions,
  env,
}: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly env: (name: EnvName) => string;
}): Omit<CheckDeps, 'hasTime' | 'onError'> {
  const operations = env('OPERATIONS_TABLE');
  return {
    findings: findingRepository(db, operations),
    runs: runRepository(db, operations),
    failed: failedSettlementRepository(db, operations),
    events: eventRepository(db, env('WEBHOOK_EVENTS_TABLE')),
    tables: {
      payments: paymentRepository(db, env('PAYMENTS_TABLE')),
      sessions: sessionRepository(db, env('CHECKOUT_SESSIONS_TABLE')),
      orders: orderRepository(db, env('ORDERS_TABLE')),
      stock: stockRepository(db, { products: env('PRODUCTS_TABLE'), reservations: env('RESERVATIONS_TABLE') }),
    },
    workflow: executionClient(stepFunctions, env('STATE_MACHINE_ARN')),
    getOrder: connectPayPal(env).getOrder,
  };
}
