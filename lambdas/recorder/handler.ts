import type { EventBridgeEvent } from 'aws-lambda';
import * as z from 'zod/mini';
import { paymentRepository } from '../payments/payment-repository.ts';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { isPaymentId } from '../shared/ids.ts';
import { logger } from '../shared/logger.ts';

const payments = paymentRepository(documentClient(), requireEnv('PAYMENTS_TABLE'));
const detailSchema = z.object({ name: z.string(), status: z.string() });

/** Notes on the payment that one of its settlements has succeeded. Step Functions tells it by EventBridge, perhaps twice. */
export async function handler(event: EventBridgeEvent<string, unknown>): Promise<void> {
  const { name, status } = z.parse(detailSchema, event.detail);
  const [id = '', ...rest] = name.split('-');
  if (!isPaymentId(id)) throw new Error(`execution ${name} belongs to no payment`);
  logger.info('SETTLEMENT_ENDED', { payment_id: id, settlement: rest.join('-'), status });
  await payments.closeSettlement(id, rest.join('-'), new Date());
}
