import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { stepHandler } from '../shared/step.ts';
import { sessionRepository } from './session-repository.ts';
import { completeCheckout, failCheckout, refundCheckout } from './settle-session.ts';

const sessions = sessionRepository(documentClient(), requireEnv('CHECKOUT_SESSIONS_TABLE'));

/** The checkout's steps of the workflow. */
export const handler = stepHandler({
  CompleteCheckout: (settlement) => completeCheckout(sessions, settlement),
  FailCheckout: (settlement) => failCheckout(sessions, settlement),
  RefundCheckout: (settlement) => refundCheckout(sessions, settlement),
});
