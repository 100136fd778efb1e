import { clearCaches } from '@aws-lambda-powertools/parameters';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { SIGNATURE_HEADERS } from '../../../src/paypal-webhook/verify-signature.ts';
import type { EnvName } from '../../../src/shared/env.ts';
import { logger } from '../../../src/shared/logger.ts';
import { responseErrors } from '../../support/api-document.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';
import { metricsOf, totalsOf } from '../../support/stack/emitted-metrics.ts';

const ENVIRONMENT: Partial<Record<EnvName, string>> = {
  IDEMPOTENCY_TABLE: 'idempotency',
  ORDERS_TABLE: 'orders',
  PAYMENTS_TABLE: 'payments',
  WEBHOOK_EVENTS_TABLE: 'webhook-events',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:000000000000:stateMachine:payment-settlement',
  DUE_AFTER_SECONDS: '120',
  ORIGIN_SECRET_HASHES: 'any',
  PAYPAL_BASE_URL: 'https://api-m.paypal.com',
  PAYPAL_SECRET_NAME: 'paypal',
  PAYPAL_CERT_ORIGINS: 'https://api.paypal.com',
  PAYPAL_CERT_NAMES: 'messageverificationcerts.paypal.com',
};
const EVENT = { id: 'WH-1', event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: {} };
const HEADERS = Object.fromEntries(SIGNATURE_HEADERS.map((name) => [name, `the ${name}`]));

let handler: typeof import('../../../lambdas/paypal-webhook.ts').handler;

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  for (const [name, value] of Object.entries(ENVIRONMENT)) vi.stubEnv(name, value);
  ({ handler } = await import('../../../lambdas/paypal-webhook.ts'));
});

afterEach(clearCaches);

async function responseTo(headers: Record<string, string>) {
  const event = httpEvent('POST', '/webhooks/paypal', { body: EVENT, headers });
  const answer = await handler(event, invocation());
  expect(responseErrors('POST /webhooks/paypal', answer)).toEqual([]);
  return answer;
}

it('paypal-webhook returns the problem of an invalid delivery', async () => {
  const { statusCode, headers } = await responseTo({});

  expect(statusCode).toBe(400);
  expect(headers['content-type']).toBe('application/problem+json');
});

it('paypal-webhook returns 503 and retry-after for a transient error, without its message', async () => {
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(() => Promise.reject(new Error('a secret')));

  const { statusCode, headers, body } = await responseTo(HEADERS);

  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBe('5');
  expect(body).not.toContain('a secret');
});

it('paypal-webhook returns 401 for an invalid signature', async () => {
  const SecretString = JSON.stringify({ client_id: 'id', client_secret: 'secret', webhook_id: '5GP028458E2496506' });
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async () => ({ SecretString }));

  const { statusCode } = await responseTo(HEADERS);

  expect(statusCode).toBe(401);
});

it('paypal-webhook answers any headers and body of others than PayPal below 500', async () => {
  const SecretString = JSON.stringify({ client_id: 'id', client_secret: 'secret', webhook_id: '5GP028458E2496506' });
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async () => ({ SecretString }));
  const text = fc.string({ unit: 'binary', minLength: 1 });
  const headers = fc.record(Object.fromEntries(SIGNATURE_HEADERS.map((name) => [name, text])));
  const body = fc.oneof(
    fc.json().map((json) => `{"id":"WH-1","resource":${json}}`),
    fc.constant(`{"id":"WH-1","resource":${'['.repeat(50_000)}${']'.repeat(50_000)}}`),
    fc.constant('{"id":"\\ud800"}'),
    text,
  );

  await fc.assert(
    fc.asyncProperty(headers, body, fc.boolean(), async (sent, content, base64) => {
      const event = httpEvent('POST', '/webhooks/paypal', { body: content, headers: sent, base64 });

      expect((await handler(event, invocation())).statusCode).toBeLessThan(500);
    }),
  );
});

it('paypal-webhook counts rejected and postponed deliveries', async () => {
  const SecretString = JSON.stringify({ client_id: 'id', client_secret: 'secret', webhook_id: '5GP028458E2496506' });
  vi.spyOn(SecretsManagerClient.prototype, 'send')
    .mockImplementationOnce(() => Promise.reject(new Error('timeout')))
    .mockImplementation(async () => ({ SecretString }));

  const measured = await metricsOf(async () => {
    await responseTo(HEADERS);
    await responseTo(HEADERS);
  });

  expect(totalsOf(measured, 'DeliveryPostponed')).toEqual([1]);
  expect(totalsOf(measured, 'SignatureRefused')).toEqual([1]);
});
