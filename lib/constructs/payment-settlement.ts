import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { arnPlaceholder, WORKFLOW_SERVICES, type WorkflowService } from '../../src/shared/workflow-steps.ts';
import { RETRIED_ERRORS, removalPolicyOf, type Stage, type StepRetry } from '../stages.ts';
import type { NodeLambda } from './node-lambda.ts';

const DEFINITION = join(import.meta.dirname, '../../statemachines/payment-settlement.asl.json');

/** What the settlement of payments is made of. */
export interface PaymentSettlementProps {
  readonly stage: Stage;

  /** The function of each service. */
  readonly services: Readonly<Record<WorkflowService, IFunction>>;
}

/** Tells the other services what has become of a payment, and keeps at it. */
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
      tracingEnabled: true,
      logs: {
        // This prefix keeps the logs' resource policy within its size: all machines share one line of it.
        destination: new LogGroup(this, 'logs', {
          logGroupName: `/aws/vendedlogs/states/${name}`,
          retention: stage.logRetention,
          removalPolicy: removalPolicyOf(stage),
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });

    // Not grantInvoke: it adds every version and alias, and the definition names none.
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: WORKFLOW_SERVICES.map((service) => services[service].functionArn),
      }),
    );
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The logs:*LogDelivery* actions of vended logs and the xray: actions know no resources.',
    });
  }
}

/** The machine's ARN, which functions may know before there is a machine: it calls them, and they start it. */
export const stateMachineArn = (scope: Construct, stage: Stage): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'stateMachine',
    resourceName: stateMachineName(stage),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** Step Functions actions that functions of this shop are given on the machine and its executions. */
export type ExecutionAction =
  | 'DescribeExecution'
  | 'DescribeStateMachine'
  | 'GetExecutionHistory'
  | 'ListExecutions'
  | 'RedriveExecution';

/** What the machine itself is asked; all else is asked of an execution. */
const OF_MACHINE: ReadonlySet<ExecutionAction> = new Set(['DescribeStateMachine', 'ListExecutions']);

/** Lets a function do these things with the machine and its executions. */
export function allowExecutions(fn: NodeLambda, stage: Stage, actions: readonly ExecutionAction[]): void {
  const arn = stateMachineArn(fn, stage);
  const allow = (some: readonly ExecutionAction[], resource: string) =>
    some.length > 0 &&
    fn.addToRolePolicy(
      new PolicyStatement({ actions: some.map((action) => `states:${action}`), resources: [resource] }),
    );
  allow(
    actions.filter((action) => OF_MACHINE.has(action)),
    arn,
  );
  allow(
    actions.filter((action) => !OF_MACHINE.has(action)),
    `${arn.replace(':stateMachine:', ':execution:')}:*`,
  );
  const executions = `<AWS::Region>:<AWS::AccountId>:execution:${stateMachineName(stage)}:*`;
  Validations.of(fn.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:${executions}]`,
    reason: 'Executions are named by payments, which nobody knows beforehand; all of them are of this one machine.',
  });
}

const stateMachineName = (stage: Stage) => `settle-once-${stage.name}-payment-settlement`;

/**
 * The definition with the retry policy on every task. Jitter spreads the retries of executions that a failing service fails together.
 */
export const withStepRetry = (definition: string, retry: StepRetry): string =>
  JSON.stringify(JSON.parse(definition), (_, state) =>
    state?.Type === 'Task'
      ? {
          ...state,
          Retry: [
            {
              ErrorEquals: RETRIED_ERRORS,
              IntervalSeconds: retry.intervalSeconds,
              BackoffRate: retry.backoffRate,
              MaxAttempts: retry.maxAttempts,
              MaxDelaySeconds: retry.maxDelaySeconds,
              JitterStrategy: 'FULL',
            },
          ],
        }
      : state,
  );
