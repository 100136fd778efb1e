import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  apiKeyRequest,
  checkRequest,
  dryRunRequest,
  reasonRequest,
  refundRequest,
  releaseHeldRequest,
  replayManyRequest,
  retryAllRequest,
  retryRequest,
} from '../../../src/admin-api/requests.ts';
import { eventSchema } from '../../../src/paypal-webhook/event.ts';
import { isOrderId, isPaymentId, isSessionId } from '../../../src/shared/ids.ts';
import { signInRequest, signOutRequest } from '../../../src/sign-in/sign-in.ts';
import { cancelRequest, checkoutRequest, emptyRequest, paymentRequest } from '../../../src/storefront-api/requests.ts';
import { type Call, calls, componentErrors, operationOf, requestErrors, schemaOf } from '../../support/api-document.ts';
import { type BodySchema, mutatedBodies } from '../../support/builders/mutated-bodies.ts';

const BODIES: readonly (readonly [Call, schema: string, z.ZodMiniType])[] = [
  ['POST /api/v1/checkout-sessions', 'CheckoutRequest', checkoutRequest],
  ['POST /api/v1/checkout-sessions/{id}/release', 'EmptyRequest', emptyRequest],
  ['POST /api/v1/payments', 'PaymentRequest', paymentRequest],
  ['POST /api/v1/payments/{id}/capture', 'EmptyRequest', emptyRequest],
  ['POST /api/v1/payments/{id}/cancel', 'CancelRequest', cancelRequest],
  ['POST /webhooks/paypal', 'PayPalEvent', eventSchema],
  ['POST /api/v1/admin/sign-in', 'SignInRequest', signInRequest],
  ['POST /api/v1/admin/sign-out', 'SignOutRequest', signOutRequest],
  ['POST /api/v1/admin/payments/{id}/refund', 'RefundRequest', refundRequest],
  ['POST /api/v1/admin/payments/{id}/accept', 'ReasonRequest', reasonRequest],
  ['POST /api/v1/admin/orders/{id}/ship', 'ReasonRequest', reasonRequest],
  ['POST /api/v1/admin/settlements/retry', 'RetryAllRequest', retryAllRequest],
  ['POST /api/v1/admin/stock/release-held', 'ReleaseHeldRequest', releaseHeldRequest],
  ['POST /api/v1/admin/settlements/{id}/retry', 'RetryRequest', retryRequest],
  ['POST /api/v1/admin/webhook-events/{id}/replay', 'DryRunRequest', dryRunRequest],
  ['POST /api/v1/admin/consistency/run', 'CheckRequest', checkRequest],
  ['POST /api/v1/admin/consistency/findings/{id}/repair', 'DryRunRequest', dryRunRequest],
  ['POST /api/v1/admin/webhook-events/replay', 'ReplayManyRequest', replayManyRequest],
  ['POST /api/v1/admin/api-keys', 'ApiKeyRequest', apiKeyRequest],
];

/** The one rule that JSON Schema cannot express; the document states it in a description. */
const hasDuplicateSku = (body: unknown): boolean => {
  const items = (body as { items?: { sku?: unknown }[] }).items;
  return Array.isArray(items) && new Set(items.map(({ sku }) => sku)).size < items.length;
};

describe('docs/openapi.yaml: request bodies', () => {
  it('documents a body exactly for the operations listed here', () => {
    const withBody = calls.filter((call) => operationOf(call).requestBody);

    expect(BODIES.map(([call]) => call).toSorted()).toEqual(withBody.toSorted());
  });

  it.each(BODIES)('documents the body of %s by the schema %s', (call, name) => {
    expect(operationOf(call).requestBody?.content['application/json']?.schema.$ref).toBe(
      `#/components/schemas/${name}`,
    );
  });

  it.each(BODIES)('agrees with the code on every body of %s (%s)', (call, name, schema) => {
    const verdicts = { accepted: 0, rejected: 0 };
    const bodies = fc.oneof(
      { weight: 5, arbitrary: mutatedBodies(schemaOf(name) as BodySchema) },
      {
        weight: 5,
        arbitrary: mutatedBodies(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as BodySchema),
      },
      fc.jsonValue({ maxDepth: 2 }),
    );

    fc.assert(
      fc.property(bodies, (body) => {
        const accepted = z.safeParse(schema, body).success;
        verdicts[accepted ? 'accepted' : 'rejected']++;
        const documented = requestErrors(call, body).length === 0;
        expect(accepted).toBe(documented && !hasDuplicateSku(body));
      }),
      { numRuns: 1000 },
    );

    // Enough samples of both verdicts.
    expect(Math.min(verdicts.accepted, verdicts.rejected)).toBeGreaterThan(40);
  });

  it('documents the body as optional for a capture, a release, a consistency check and a sign-out only', () => {
    const optional = BODIES.map(([call]) => call).filter((call) => !operationOf(call).requestBody?.required);

    expect(optional.sort()).toEqual([
      'POST /api/v1/admin/consistency/run',
      'POST /api/v1/admin/sign-out',
      'POST /api/v1/checkout-sessions/{id}/release',
      'POST /api/v1/payments/{id}/capture',
    ]);
  });
});

describe('docs/openapi.yaml: ids', () => {
  const ulid = fc.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  const similar = fc.oneof(
    { weight: 3, arbitrary: ulid },
    fc.stringMatching(/^[0-9][0-9A-HJKMNP-TV-Z]{24,26}$/),
    fc.stringMatching(/^[0-7][0-9A-Z]{25}$/),
    fc.string({ maxLength: 30 }),
  );

  it.each([
    ['SessionId', isSessionId],
    ['PaymentId', isPaymentId],
    ['OrderId', isOrderId],
  ] as const)('agrees with the code on every %s', (name, isId) => {
    fc.assert(
      fc.property(fc.constantFrom('cs_', 'pay_', 'ord_', ''), similar, (prefix, rest) => {
        const id = prefix + rest;
        expect(isId(id)).toBe(componentErrors(name, id).length === 0);
      }),
    );
  });
});
