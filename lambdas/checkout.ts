import { sessionRepository } from '../src/checkout/session-repository.ts';
import { sessionSteps } from '../src/checkout/session-steps.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const sessions = sessionRepository(documentClient(), requireEnv('CHECKOUT_SESSIONS_TABLE'));

export const handler = stepHandler('checkout', sessionSteps(sessions));
