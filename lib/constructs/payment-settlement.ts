import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { arnPlaceholder, WORKFLOW_SERVICES, type WorkflowService } from '../../src/shared/workflow-steps.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';
import { withStepRetry } from '../step-retry.ts';
import type { NodeLambda } from './node-lambda.ts';

const DEFINITION = join(import.meta.dirname, '../../statemachines/payment-settlement.asl.json');

export interface PaymentSettlementProps {
  readonly stage: Stage;

  /** The function of each service. */
  readonly services: Readonly<Record<WorkflowService, IFunction>>;
}

/**
 * The payment-settlement workflow: applies a payment's new status to stock, checkout session and order, with retries.
 */
export class PaymentSettlement extends Construct {
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { stage, services }: PaymentSettlementProps) {
    super(scope, id);
    const name = stateMachineName(stage);
    const role = new Role(this, 'role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });

    this.stateMachine = new StateMachine(this, 'machine', {
      stateMachineName: name,
      // Standard, because an Express execution cannot be redriven.
      stateMachineType: StateMachineType.STANDARD,
      // fromString, not fromFile: the definition stays in the template, where a diff shows it.
      definitionBody: DefinitionBody.fromString(withStepRetry(readFileSync(DEFINITION, 'utf8'), stage.stepRetry)),
      definitionSubstitutions: Object.fromEntries(
        WORKFLOW_SERVICES.map((service) => [arnPlaceholder(service), services[service].functionArn]),
      ),
      role,
      logs: {
        // This prefix keeps the logs' resource policy within its size limit: all state machines share one statement of
        // it.
        destination: new LogGroup(this, 'logs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: stage.logRetention,
          removalPolicy: removalPolicyOf(stage),
        }),
        level: LogLevel.ERROR,
        includeExecutionData: false,
      },
    });

    // Not grantInvoke: it adds versions and aliases, which the definition does not use.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: WORKFLOW_SERVICES.map((service) => services[service].functionArn),
      }),
    );
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF1',
      reason:
        'Step Functions keeps the history of each execution; a log of all events would cost $6 per million payments.',
    });
    Validations.of(this.stateMachine).acknowledge({
      id: 'AwsSolutions-SF2',
      reason: 'Not traced: docs/decisions/0028-no-traces.md',
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The logs:*LogDelivery* actions of vended logs support no resources.',
    });
  }
}

/** The ARN, built from the name: the functions that start the state machine are created before it. */
export const stateMachineArn = (scope: Construct, stage: Stage): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: stateMachineName(stage),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Actions that functions may be granted on the state machine and its executions. */
export type ExecutionAction =
  | 'DescribeExecution'
  | 'DescribeStateMachine'
  | 'GetExecutionHistory'
  | 'ListExecutions'
  | 'RedriveExecution';

/** Actions on the state machine; the others are on executions. */
const MACHINE_ACTIONS: ReadonlySet<ExecutionAction> = new Set(['DescribeStateMachine', 'ListExecutions']);

export function allowExecutions(fn: NodeLambda, stage: Stage, actions: readonly ExecutionAction[]): void {
  const arn = stateMachineArn(fn, stage);
  const allow = (granted: readonly ExecutionAction[], resource: string) =>
    granted.length > 0 &&
    fn.addToRolePolicy(
      new PolicyStatement({ actions: granted.map((action) => `states:${action}`), resources: [resource] }),
    );
  allow(
    actions.filter((action) => MACHINE_ACTIONS.has(action)),
    arn,
  );
  allow(
    actions.filter((action) => !MACHINE_ACTIONS.has(action)),
    `${arn.replace(':stateMachine:', ':execution:')}:*`,
  );
  const executions = `<AWS::Region>:<AWS::AccountId>:execution:${stateMachineName(stage)}:*`;
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:${executions}]`,
    reason: 'Execution names contain payment ids, unknown at deployment; all are executions of this state machine.',
  });
}

const stateMachineName = (stage: Stage) => `settle-once-${stage.name}-payment-settlement`;
