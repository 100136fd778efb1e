import type { Settlement } from './settlement.ts';

/**
 * The steps of the payment-settlement workflow, by the service that runs them: a service is one Lambda function.
 * Handlers, invoke permissions, dashboards and metrics follow from this list; a test holds it to
 * statemachines/payment-settlement.asl.json. To add a step: name it here, implement it in its service's `*-steps.ts`,
 * and add its task to the state machine.
 */
export const WORKFLOW_STEPS = {
  checkout: ['CompleteCheckout', 'FailCheckout', 'RefundCheckout'],
  inventory: ['CommitStock', 'HoldStock', 'ReleaseStock', 'ReturnStock'],
  fulfillment: ['CreateOrder', 'RefundOrder'],
  payments: ['CapturePayment', 'RefundPayment', 'DeclinePayment'],
} as const;

export type WorkflowService = keyof typeof WORKFLOW_STEPS;
export const WORKFLOW_SERVICES = Object.keys(WORKFLOW_STEPS) as WorkflowService[];

export type StepOf<Service extends WorkflowService> = (typeof WORKFLOW_STEPS)[Service][number];

/**
 * Exactly the steps of one service. What a step returns becomes workflow data; what it throws is retried by the
 * workflow.
 */
export type StepsOf<Service extends WorkflowService, Result extends object = object> = Readonly<
  Record<StepOf<Service>, (settlement: Settlement) => Promise<Result>>
>;

/** The placeholder of a service's function in the state machine definition, such as `InventoryArn`. */
export const arnPlaceholder = (service: WorkflowService): string =>
  `${service[0]?.toUpperCase()}${service.slice(1)}Arn`;
