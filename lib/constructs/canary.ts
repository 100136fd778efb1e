import { Validations } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Alias, type IFunction, type IVersion, type Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface CanaryProps {
  readonly functions: readonly LambdaFunction[];

  /** Changes with the values of the stack's parameters: a version keeps the environment of its publication. */
  readonly parametersHash: string;
}

/**
 * Gives a new version of a function a tenth of its requests for ten minutes, and goes back to the one before when an
 * alarm goes off. https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-steps-lambda.html
 */
export class Canary extends Construct {
  /** What requests invoke, by function. */
  readonly aliases: ReadonlyMap<LambdaFunction, IFunction>;
  readonly #groups: readonly LambdaDeploymentGroup[];

  constructor(scope: Construct, id: string, { functions, parametersHash }: CanaryProps) {
    super(scope, id);
    const application = new LambdaApplication(this, 'application');
    // The casts: the CDK's own types do not satisfy exactOptionalPropertyTypes.
    const aliases = functions.map((fn) => {
      fn.invalidateVersionBasedOn(parametersHash);
      const alias = new Alias(this, `${fn.node.id}-live`, {
        aliasName: 'live',
        version: fn.currentVersion as IVersion,
      });
      return [fn, alias] as const;
    });
    this.aliases = new Map(aliases.map(([fn, alias]) => [fn, alias as IFunction]));
    this.#groups = aliases.map(([fn, alias]) => {
      const group = new LambdaDeploymentGroup(this, `${fn.node.id}-deployments`, {
        application,
        alias,
        deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_10MINUTES,
      });
      Validations.of(group).acknowledge({
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
        reason: 'AWS maintains the policy for CodeDeploy, which documents no smaller one.',
      });
      return group;
    });
  }

  rollBackOn(alarms: readonly IAlarm[]): void {
    for (const group of this.#groups) for (const alarm of alarms) group.addAlarm(alarm);
  }
}
