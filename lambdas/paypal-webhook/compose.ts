import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { composePayments } from '../payments/compose.ts';
import { readPayPalSecret } from '../paypal/secret.ts';
import type { EnvName } from '../shared/env.ts';
import { certificateSource } from './certificates.ts';
import { eventRepository } from './event-repository.ts';
import type { ReceiveDeps } from './receive.ts';
import { settleEvent } from './settle-event.ts';
import { settlingOnce } from './settle-once.ts';
import { signatureVerifier } from './verify-signature.ts';

/** What takes PayPal's webhooks. `env` reads the function's environment; `within` is to be told of each invocation. */
export function composeReceipt(parts: {
  readonly db: DynamoDBDocumentClient;
  readonly stepFunctions: SFNClient;
  readonly idempotency: BasePersistenceLayer;
  readonly env: (name: EnvName) => string;
}) {
  const { db, env } = parts;
  const { now, payments, paypal, settler } = composePayments(parts);
  const trust = {
    certificateOf: certificateSource({ fetch, timeoutMs: 3000, now }),
    now,
    certificateOrigins: env('PAYPAL_CERT_ORIGINS').split(','),
    certificateNames: env('PAYPAL_CERT_NAMES').split(','),
  };
  const { within, settleOnce } = settlingOnce(parts.idempotency);
  const deps: ReceiveDeps = {
    now,
    events: eventRepository(db, env('WEBHOOK_EVENTS_TABLE')),
    verify: async (delivery) =>
      signatureVerifier({ ...trust, webhookId: (await readPayPalSecret(env('PAYPAL_SECRET_NAME'))).webhook_id })(
        delivery,
      ),
    settleOnce,
    settleEvent: (event, heardAt) => settleEvent({ payments, getCapture: paypal.getCapture, settler }, event, heardAt),
  };
  return { deps, within };
}
