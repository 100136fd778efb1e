import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** Where alarms are told, and whoever subscribes hears of them. Encrypted, and to be used over TLS only. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, stage: Stage) {
    // CloudWatch may not use the key that SNS has by itself: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const key = new Key(scope, `${id}-key`, {
      description: `alarms of settle-once ${stage.name} on their way`,
      enableKeyRotation: true,
      // Nothing is kept under it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      displayName: `settle-once ${stage.name}: alarms`,
      masterKey: key,
      enforceSSL: true,
    });

    const alarmsOfThisAccount = new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [alarmsOfThisAccount],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        // In a key's policy, this is the key.
        resources: ['*'],
      }),
    );
    // Once a topic has a policy, the default one that lets its own account publish is gone.
    this.grantPublish(alarmsOfThisAccount);

    if (stage.alarms.email) this.addSubscription(new EmailSubscription(stage.alarms.email));
  }
}
