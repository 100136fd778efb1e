import type { Context } from 'aws-lambda';
import * as z from 'zod/mini';
import { logger } from './logger.ts';
import { measure } from './metrics.ts';
import { settlementSchema } from './settlement.ts';
import type { StepOf, StepsOf, WorkflowService } from './workflow-steps.ts';

/** The input that a task of the state machine passes to its function. */
export interface StepEvent {
  readonly step: string;
  readonly settlement: unknown;
}

/**
 * The Lambda handler of one service's steps.
 * @throws Error for a step of another service, or an input that is no settlement.
 */
export const stepHandler =
  <Service extends WorkflowService, Result extends object>(service: Service, steps: StepsOf<Service, Result>) =>
  async (event: StepEvent, context: Context): Promise<Result> => {
    logger.resetKeys();
    logger.addContext(context);
    const settlement = z.parse(settlementSchema, event.settlement);
    logger.appendKeys({ step: event.step, payment_id: settlement.payment_id, outcome: settlement.outcome });
    if (!Object.hasOwn(steps, event.step)) {
      throw new Error(`unknown ${service} step "${event.step}": expected ${Object.keys(steps).join(', ')}`);
    }
    try {
      const result = await steps[event.step as StepOf<Service>](settlement);
      measure('StepFailed', 0, event.step);
      logger.info('STEP_DONE', { result });
      return result;
    } catch (error) {
      measure('StepFailed', 1, event.step);
      logger.error('STEP_FAILED', error as Error);
      throw error;
    }
  };
