import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { NodeLambda } from './node-lambda.ts';
import type { ShopTable } from './table.ts';

export interface TableStreamProps {
  /** Construct id of the mapping. */
  readonly id: string;
  /** The dead-letter queue. Batches that fail for an hour go there. */
  readonly undelivered: IQueue;
  /** Records of one invocation. */
  readonly batchSize: number;
  /** How long Lambda collects them. @default - not at all */
  readonly window?: Duration;
}

/** Invokes a function with every change of a table. */
export function invokeWithChanges(
  fn: NodeLambda,
  table: ShopTable,
  { id, undelivered, batchSize, window }: TableStreamProps,
): void {
  const { tableStreamArn } = table;
  if (!tableStreamArn) throw new Error(`table ${table.node.id} has no stream`);
  // Not grantStreamRead: it allows ListStreams of all tables.
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      resources: [tableStreamArn],
    }),
  );
  new EventSourceMapping(fn, id, {
    target: fn,
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize,
    ...(window && { maxBatchingWindow: window }),
    bisectBatchOnError: true,
    maxRecordAge: Duration.hours(1),
    onFailure: new SqsDlq(undelivered),
  });
}
