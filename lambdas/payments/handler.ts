import { SFNClient } from '@aws-sdk/client-sfn';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { stepHandler } from '../shared/step.ts';
import { capturePayment } from './capture-payment.ts';
import { composePayments } from './compose.ts';
import type { Payment } from './payment.ts';
import { refundPayment } from './refund-payment.ts';

const { payments, paypal, settler } = composePayments({
  db: documentClient(),
  stepFunctions: new SFNClient({}),
  env: requireEnv,
});
const { captureOrder, getOrder, refundCapture } = paypal;

/** What a step tells the workflow's history. */
const told = (result: { outcome: string; payment?: Payment; issue?: string }) => ({
  outcome: result.outcome,
  ...(result.payment && { status: result.payment.status }),
  ...(result.issue && { issue: result.issue }),
});

/** The payment's own steps of the workflow. */
export const handler = stepHandler({
  CapturePayment: async ({ payment_id }) =>
    told(await capturePayment({ payments, captureOrder, getOrder, settler }, payment_id, 'workflow')),
  RefundPayment: async ({ payment_id }) =>
    told(
      await refundPayment({ payments, refundCapture, settler, getOrder }, payment_id, {
        source: 'workflow',
        key: 'late',
      }),
    ),
  DeclinePayment: async ({ payment_id }) =>
    told(await settler.settle(payment_id, { kind: 'declined', source: 'workflow' })),
});
