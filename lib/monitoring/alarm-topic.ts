import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../stages.ts';

/** The SNS topic of all alarms: encrypted, TLS only. */
export class AlarmTopic extends Topic {
  constructor(scope: Construct, id: string, stage: Stage) {
    // CloudWatch cannot publish through the AWS managed key of SNS:
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    const key = new Key(scope, `${id}-key`, {
      description: `alarm notifications of settle-once ${stage.name}`,
      enableKeyRotation: true,
      // Encrypts messages in transit only; nothing is stored under it.
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
        // In a key policy, `*` is the key itself.
        resources: ['*'],
      }),
    );
    // enforceSSL adds a topic policy, which replaces the default one that lets the account publish.
    this.grantPublish(alarmsOfThisAccount);

    if (stage.alarms.email) this.addSubscription(new EmailSubscription(stage.alarms.email));
  }
}
