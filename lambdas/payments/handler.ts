import { SFNClient } from '@aws-sdk/client-sfn';
import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { stepHandler } from '../shared/step.ts';
import { composePayments } from './compose.ts';
import { paymentSteps } from './steps.ts';

const { payments, paypal, settler } = composePayments({
  db: documentClient(),
  stepFunctions: new SFNClient({}),
  env: requireEnv,
});
const { captureOrder, getOrder, refundCapture } = paypal;

/** The payment's own steps of the workflow. */
export const handler = stepHandler(paymentSteps({ payments, captureOrder, getOrder, refundCapture, settler }));
