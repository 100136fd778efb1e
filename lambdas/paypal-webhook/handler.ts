import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { composePayments } from '../payments/compose.ts';
import { readPayPalSecret } from '../paypal/secret.ts';
import { documentClient, dynamoClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { bytesOf, type HttpResult, problemAnswer, toResult } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';
import { measure } from '../shared/metrics.ts';
import { Problem } from '../shared/problem.ts';
import { certificateSource } from './certificates.ts';
import { eventRepository } from './event-repository.ts';
import { measureReceipt } from './measure-receipt.ts';
import { type ReceiveDeps, receive } from './receive.ts';
import { settleEvent } from './settle-event.ts';
import { settlingOnce } from './settle-once.ts';
import { signatureVerifier } from './verify-signature.ts';

const dynamo = dynamoClient();
const db = documentClient(dynamo);
const { now, payments, paypal, settler } = composePayments({ db, stepFunctions: new SFNClient({}), env: requireEnv });
const certificateOf = certificateSource({ fetch, timeoutMs: 3000, now });
const trust = {
  certificateOf,
  now,
  certificateOrigins: requireEnv('PAYPAL_CERT_ORIGINS').split(','),
  certificateNames: requireEnv('PAYPAL_CERT_NAMES').split(','),
};
const { within, settleOnce } = settlingOnce(
  new DynamoDBPersistenceLayer({ tableName: requireEnv('IDEMPOTENCY_TABLE'), awsSdkV3Client: dynamo }),
);

const deps: ReceiveDeps = {
  now,
  events: eventRepository(db, requireEnv('WEBHOOK_EVENTS_TABLE')),
  verify: async (delivery) =>
    signatureVerifier({ ...trust, webhookId: (await readPayPalSecret(requireEnv('PAYPAL_SECRET_NAME'))).webhook_id })(
      delivery,
    ),
  settleOnce,
  settleEvent: (event, heardAt) => settleEvent({ payments, getCapture: paypal.getCapture, settler }, event, heardAt),
};

/** Takes PayPal's webhooks. */
export async function handler(request: APIGatewayProxyEventV2, context: Context): Promise<HttpResult> {
  logger.resetKeys();
  logger.addContext(context);
  within(context);
  try {
    const { event, receipt } = await receive(deps, { headers: request.headers, body: bytesOf(request) });
    measureReceipt(receipt, now().getTime() - request.requestContext.timeEpoch);
    logger.info('EVENT_RECEIVED', { event_id: event.id, event_type: event.event_type, receipt });
    return toResult({ status: 200, body: { status: receipt.status } });
  } catch (error) {
    if (error instanceof Problem) {
      if (error.type === 'bad-signature') measure('SignatureRefused');
      logger.warn('DELIVERY_REFUSED', { problem: error.type, detail: error.message, fields: error.fields });
      return toResult(problemAnswer(error));
    }
    measure('DeliveryPostponed');
    logger.error('DELIVERY_POSTPONED', error as Error);
    return toResult(problemAnswer(new Problem('try-again', 'send the event again later')));
  }
}
