import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { newPayment } from '../../../src/payments/payment.ts';
import { logger } from '../../../src/shared/logger.ts';
import { type Call, problemsOf } from '../../support/api-document.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';
import { describedCalls, readResponse } from '../../support/described-calls.ts';

const ULID = '0'.repeat(26);
const PAYMENT = newPayment(
  { payment_id: `pay_${ULID}`, checkout_session_id: `cs_${ULID}` },
  { currency: 'EUR', minor: 1999 },
  '2026-06-01T12:00:00.000Z',
);
const BY_ID: Call = 'GET /api/v1/payments/{id}';
const BY_QUERY: Call = 'GET /api/v1/payments';
const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

let handler: typeof import('../../../lambdas/payment-status.ts').handler;
const dynamo = vi.spyOn(DynamoDBDocumentClient.prototype, 'send');

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  vi.stubEnv('PAYMENTS_TABLE', 'payments');
  vi.stubEnv('ORDERS_TABLE', 'orders');
  vi.stubEnv('ORIGIN_SECRET_HASHES', 'any');
  ({ handler } = await import('../../../lambdas/payment-status.ts'));
});
afterEach(() => void dynamo.mockReset());

const call = describedCalls<{ id: string; query: Record<string, string> }>(async (method, path, { id, query }) => {
  const event = { ...httpEvent(method, path), queryStringParameters: query };
  return readResponse(await handler(path.endsWith(id) ? { ...event, pathParameters: { id } } : event, invocation()));
});
const responseTo = (name: Call, query: Record<string, string> = {}) => call(name, { id: PAYMENT.payment_id, query });

it('payment-status returns the payment with no-store', async () => {
  dynamo.mockImplementation(async () => ({ Item: PAYMENT }));

  const { status, headers, body } = await responseTo(BY_ID);

  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(body.payment_id).toBe(PAYMENT.payment_id);
});

const session = { checkout_session_id: PAYMENT.checkout_session_id };
const ERRORS: readonly [Call, string, Record<string, string>, () => Promise<object>][] = [
  [BY_ID, '404 unknown-payment', {}, async () => ({})],
  [BY_ID, '500 internal-error', {}, () => Promise.reject(new Error('a secret'))],
  [BY_ID, '503 try-again', {}, () => Promise.reject(throttled)],
  [BY_QUERY, '400 invalid-request', {}, async () => ({})],
  [BY_QUERY, '404 unknown-payment', session, async () => ({})],
  [BY_QUERY, '500 internal-error', session, () => Promise.reject(new Error('a secret'))],
  [BY_QUERY, '503 try-again', session, () => Promise.reject(throttled)],
];

it.each(ERRORS)('payment-status responds to %s with %s', async (call, problem, query, work) => {
  dynamo.mockImplementation(work);

  const { status, body } = await responseTo(call, query);

  expect(`${status} ${body.type}`).toBe(problem.replace(' ', ' /problems/'));
  expect(JSON.stringify(body)).not.toContain('secret');
});

it.each([BY_ID, BY_QUERY])('payment-status responds to %s with no other problems', (call) => {
  const tested = ERRORS.filter(([failing]) => failing === call).map(([, problem]) => problem);

  expect(problemsOf(call)).toEqual(tested.toSorted());
});
