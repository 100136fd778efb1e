import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { logger } from './logger.ts';
import { measure } from './metrics.ts';
import { type Settlement, settlementSchema } from './settlement.ts';

/** What the workflow hands to a service: which of its steps to run, and the settlement it belongs to. */
export interface StepEvent {
  readonly step: string;
  readonly settlement: unknown;
}

/**
 * A Lambda handler for the steps of one service. What a step returns goes on in the workflow; what it throws is tried again there.
 * @throws Error when it is asked for a step that it does not have, or is given no settlement.
 */
export const stepHandler =
  <Result extends object>(steps: Readonly<Record<string, (settlement: Settlement) => Promise<Result>>>) =>
  async (event: StepEvent, context: Context): Promise<Result> => {
    logger.resetKeys();
    logger.addContext(context);
    const settlement = z.parse(settlementSchema, event.settlement);
    logger.appendKeys({ step: event.step, payment_id: settlement.payment_id, outcome: settlement.outcome });
    const step = steps[event.step];
    if (!step) throw new Error(`there is no step ${event.step} here`);
    try {
      const result = await step(settlement);
      measure('StepFailed', 0, event.step);
      logger.info('STEP_DONE', { result });
      return result;
    } catch (error) {
      measure('StepFailed', 1, event.step);
      logger.error('STEP_FAILED', error as Error);
      throw error;
    }
  };
