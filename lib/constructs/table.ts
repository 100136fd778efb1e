import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from '../stages.ts';

/** Key attributes of a table or an index; all are strings. */
export interface Key {
  readonly key: string;

  /** @default - the partition key alone is the primary key */
  readonly sortKey?: string;
}

export interface TableShape extends Key {
  /**
   * The TTL attribute: Unix time in seconds.
   * @default - items do not expire
   */
  readonly expiresBy?: string;

  /**
   * What the stream of changes has of an item: its key, or all of it before and after.
   * @default - no stream
   */
  readonly streams?: 'keys' | 'items';

  /**
   * Global secondary indexes, by name. They project keys only: the items are then read from the table, consistently.
   * @default - none
   */
  readonly indexes?: Readonly<Record<string, Key>>;
}

/** DynamoDB actions that this project grants. */
export type TableAction =
  | 'BatchGetItem'
  | 'DeleteItem'
  | 'DescribeTable'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

const STREAM_VIEWS = { keys: StreamViewType.KEYS_ONLY, items: StreamViewType.NEW_AND_OLD_IMAGES } as const;

/** An on-demand table with point-in-time recovery for 35 days; protected against deletion if the stage retains data. */
export class ShopTable extends Table {
  constructor(scope: Construct, id: string, shape: TableShape, stage: Stage) {
    super(scope, id, {
      ...attributes(shape),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.isProtected,
      removalPolicy: removalPolicyOf(stage),
      ...(shape.streams && { stream: STREAM_VIEWS[shape.streams] }),
      ...(shape.expiresBy && { timeToLiveAttribute: shape.expiresBy }),
    });

    for (const [indexName, key] of Object.entries(shape.indexes ?? {})) {
      this.addGlobalSecondaryIndex({ indexName, ...attributes(key), projectionType: ProjectionType.KEYS_ONLY });
    }
  }

  /** @param partitions @default - all */
  allow(grantee: IGrantable, actions: readonly TableAction[], partitions?: readonly string[]): void {
    const allowed = statement(this.tableArn, actions);
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    if (partitions) allowed.addCondition('ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': partitions });
    grantee.grantPrincipal.addToPrincipalPolicy(allowed);
  }

  allowQuery(grantee: IGrantable, indexName: string): void {
    grantee.grantPrincipal.addToPrincipalPolicy(statement(`${this.tableArn}/index/${indexName}`, ['Query']));
  }
}

const statement = (resource: string, actions: readonly TableAction[]) =>
  new PolicyStatement({
    effect: Effect.ALLOW,
    actions: actions.map((action) => `dynamodb:${action}`),
    resources: [resource],
  });

const attributes = ({ key, sortKey }: Key) => ({
  partitionKey: { name: key, type: AttributeType.STRING },
  ...(sortKey && { sortKey: { name: sortKey, type: AttributeType.STRING } }),
});
