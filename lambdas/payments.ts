import { SFNClient } from '@aws-sdk/client-sfn';
import { orderRepository } from '../src/fulfillment/order-repository.ts';
import { paymentRepository } from '../src/payments/payment-repository.ts';
import { paymentSteps } from '../src/payments/payment-steps.ts';
import { recordRefusal } from '../src/payments/record-refusal.ts';
import { startSettlementWith } from '../src/payments/start-settlement.ts';
import { connectPayPal } from '../src/paypal/connect.ts';
import { hourlyMetricsRepository } from '../src/settlements/hourly-metrics-repository.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';
import { wireEvidenceApplier } from './wiring.ts';

const db = documentClient();
const payments = paymentRepository(db, requireEnv('PAYMENTS_TABLE'));
const paypal = connectPayPal(requirePayPal());
const evidenceApplier = wireEvidenceApplier({
  payments,
  orders: orderRepository(db, requireEnv('ORDERS_TABLE')),
  paypal,
  startSettlement: startSettlementWith(new SFNClient({}), requireEnv('STATE_MACHINE_ARN')),
  dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
});
const { captureOrder, getOrder, refundCapture } = paypal;
const now = () => new Date();
const hours = hourlyMetricsRepository(db, requireEnv('OPERATIONS_TABLE'));

export const handler = stepHandler(
  'payments',
  paymentSteps({
    payments,
    captureOrder,
    getOrder,
    refundCapture,
    evidenceApplier,
    recordRefusal: recordRefusal({ addCounts: hours.add, now }),
    now,
  }),
);
