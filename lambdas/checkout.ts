import { sessionRepository } from '../src/checkout/session-repository.ts';
import { completeCheckout, failCheckout, refundCheckout } from '../src/checkout/session-steps.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const sessions = sessionRepository(documentClient(), requireEnv('CHECKOUT_SESSIONS_TABLE'));

/** The checkout's steps of the workflow. */
export const handler = stepHandler({
  CompleteCheckout: (settlement) => completeCheckout(sessions, settlement),
  FailCheckout: (settlement) => failCheckout(sessions, settlement),
  RefundCheckout: (settlement) => refundCheckout(sessions, settlement),
});
