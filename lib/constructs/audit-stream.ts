import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { NodeLambda } from './node-lambda.ts';
import type { ShopTable } from './table.ts';

/** Invokes a function with every change of the audit log. Batches that fail for an hour go to the dead-letter queue. */
export function logAuditEntries(fn: NodeLambda, audit: ShopTable, undelivered: IQueue): void {
  const { tableStreamArn } = audit;
  if (!tableStreamArn) throw new Error('the audit table has no stream');
  // Not grantStreamRead: it allows ListStreams of all tables.
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      resources: [tableStreamArn],
    }),
  );
  new EventSourceMapping(fn, 'audit-stream', {
    target: fn,
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(undelivered),
  });
}
