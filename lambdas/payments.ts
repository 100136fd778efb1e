import { SFNClient } from '@aws-sdk/client-sfn';
import { paymentSteps } from '../src/payments/payment-steps.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';
import { composePayments } from './compose/payments.ts';

const { payments, paypal, evidenceApplier } = composePayments({
  db: documentClient(),
  stepFunctions: new SFNClient({}),
  env: requireEnv,
});
const { captureOrder, getOrder, refundCapture } = paypal;

export const handler = stepHandler(
  'payments',
  paymentSteps({ payments, captureOrder, getOrder, refundCapture, evidenceApplier }),
);
