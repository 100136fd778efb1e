import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { auditRepository } from '../../src/admin-api/audit-repository.ts';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { findingRepository } from '../../src/consistency/finding-repository.ts';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { composeSettlements } from './settlements.ts';

/** What a payment's story is read from, but for PayPal's own view. `env` reads the environment of whoever reads it. */
export const composeStory = (parts: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly env: (name: EnvName) => string;
}) => ({
  ...composeSettlements(parts),
  sessions: sessionRepository(parts.db, parts.env('CHECKOUT_SESSIONS_TABLE')),
  stock: stockRepository(parts.db, {
    products: parts.env('PRODUCTS_TABLE'),
    reservations: parts.env('RESERVATIONS_TABLE'),
  }),
  orders: orderRepository(parts.db, parts.env('ORDERS_TABLE')),
  events: eventRepository(parts.db, parts.env('WEBHOOK_EVENTS_TABLE')),
  findings: findingRepository(parts.db, parts.env('OPERATIONS_TABLE')),
  audit: auditRepository(parts.db, parts.env('OPERATIONS_TABLE')),
  now: () => new Date(),
});
