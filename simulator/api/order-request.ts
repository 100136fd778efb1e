import * as z from 'zod/mini';
import { issueError } from '../state/errors.ts';
import { type OrderRequest, orderRequestSchema } from '../state/order-schema.ts';
import { fieldDetails } from './field-details.ts';
import { amountIssues } from './order-sums.ts';

/**
 * Validates the body of `POST /v2/checkout/orders`.
 * @throws PayPalError 400 for missing or malformed fields, 422 for amounts that do not add up
 */
export function parseOrderRequest(body: unknown): OrderRequest {
  const parsed = z.safeParse(orderRequestSchema, body);
  if (!parsed.success) throw issueError('orders.create', fieldDetails(parsed.error, body));
  if (parsed.data.intent === 'AUTHORIZE') {
    throw issueError('orders.create', [{ issue: 'UNSUPPORTED_INTENT', field: '/intent', value: 'AUTHORIZE' }]);
  }
  const issues = amountIssues(parsed.data.purchase_units);
  if (issues.length > 0) throw issueError('orders.create', issues);
  return parsed.data;
}
