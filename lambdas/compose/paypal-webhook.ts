import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readPayPalSecret } from '../../src/paypal/secret.ts';
import { certificateSource } from '../../src/paypal-webhook/certificates.ts';
import { eventIdempotency } from '../../src/paypal-webhook/event-idempotency.ts';
import { eventRepository } from '../../src/paypal-webhook/event-repository.ts';
import { processEvent } from '../../src/paypal-webhook/process-event.ts';
import type { ReceiveDeps } from '../../src/paypal-webhook/receive.ts';
import { signatureVerifier } from '../../src/paypal-webhook/verify-signature.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { composePayments } from './payments.ts';

/** What takes PayPal's webhooks. `env` reads the function's environment; `registerContext` is to be told of each invocation. */
export function composeReceipt(parts: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly idempotency: BasePersistenceLayer;
  readonly env: (name: EnvName) => string;
}) {
  const { db, env } = parts;
  const { now, payments, paypal, evidenceApplier } = composePayments(parts);
  const trust = {
    certificateOf: certificateSource({ fetch, timeoutMs: 3000, now }),
    now,
    certificateOrigins: env('PAYPAL_CERT_ORIGINS').split(','),
    certificateNames: env('PAYPAL_CERT_NAMES').split(','),
  };
  const { registerContext, once } = eventIdempotency(parts.idempotency);
  const deps: ReceiveDeps = {
    now,
    events: eventRepository(db, env('WEBHOOK_EVENTS_TABLE')),
    verify: async (delivery) =>
      signatureVerifier({ ...trust, webhookId: (await readPayPalSecret(env('PAYPAL_SECRET_NAME'))).webhook_id })(
        delivery,
      ),
    once,
    processEvent: (event, heardAt) =>
      processEvent({ payments, getCapture: paypal.getCapture, evidenceApplier }, event, heardAt),
  };
  return { deps, registerContext };
}
