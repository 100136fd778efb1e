import { SFNClient } from '@aws-sdk/client-sfn';
import { measureReceipt, receive } from '../src/paypal-webhook/receive.ts';
import { dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal, requireTables } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { Problem } from '../src/shared/http/problem.ts';
import { bytesOf } from '../src/shared/http/request.ts';
import { problemResponse, toResult } from '../src/shared/http/response.ts';
import { logger } from '../src/shared/logger.ts';
import { measure } from '../src/shared/metrics.ts';
import { wireWebhook } from './wiring.ts';

const { deps, registerContext } = wireWebhook({
  dynamo: dynamoClient(),
  stepFunctions: new SFNClient({}),
  tables: requireTables('payments', 'orders', 'events', 'idempotency'),
  stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
  paypal: requirePayPal(),
  certificateOrigins: requireEnv('PAYPAL_CERT_ORIGINS').split(','),
  certificateNames: requireEnv('PAYPAL_CERT_NAMES').split(','),
  dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
});

export const handler = behindFrontDoor(requireEnv('ORIGIN_SECRET_HASHES'), async (request, context) => {
  logger.resetKeys();
  logger.addContext(context);
  registerContext(context);
  try {
    const { event, receipt } = await receive(deps, { headers: request.headers, body: bytesOf(request) });
    measureReceipt(receipt, deps.now().getTime() - request.requestContext.timeEpoch);
    logger.info('EVENT_RECEIVED', { event_id: event.id, event_type: event.event_type, receipt });
    return toResult({ status: 200, body: { status: receipt.status } });
  } catch (error) {
    if (error instanceof Problem) {
      if (error.type === 'bad-signature') measure('SignatureRefused');
      logger.warn('DELIVERY_REFUSED', { problem: error.type, detail: error.message, fields: error.fields });
      return toResult(problemResponse(error));
    }
    measure('DeliveryPostponed');
    logger.error('DELIVERY_POSTPONED', error as Error);
    return toResult(problemResponse(new Problem('try-again', 'deliver the event again later')));
  }
});
