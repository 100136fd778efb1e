import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { removalPolicyOf, type Stage } from '../stages.ts';

/** The attributes by which items are found; all of them are strings. */
export interface Key {
  readonly key: string;

  /** @default - the key alone names an item */
  readonly sortKey?: string;
}

/** What a table looks like. */
export interface TableShape extends Key {
  /**
   * The attribute with the Unix time at which an item may be thrown away.
   * @default - items stay
   */
  readonly expiresBy?: string;

  /**
   * Other ways to find an item, by name. They hold keys only: what they find is then read from the table, consistently.
   * @default - none
   */
  readonly indexes?: Readonly<Record<string, Key>>;
}

/** DynamoDB actions that functions of this shop are given. */
export type TableAction =
  | 'BatchGetItem'
  | 'DeleteItem'
  | 'DescribeTable'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';

/** A table of this shop: paid by request, restorable to any second of 35 days, guarded against deletion where the data is real. */
export class ShopTable extends Table {
  constructor(scope: Construct, id: string, shape: TableShape, stage: Stage) {
    super(scope, id, {
      ...attributes(shape),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.retainData,
      removalPolicy: removalPolicyOf(stage),
      ...(shape.expiresBy && { timeToLiveAttribute: shape.expiresBy }),
    });

    for (const [indexName, key] of Object.entries(shape.indexes ?? {})) {
      this.addGlobalSecondaryIndex({ indexName, ...attributes(key), projectionType: ProjectionType.KEYS_ONLY });
    }
  }

  /** Lets someone do these things with the items of the table, and nothing else. */
  allow(grantee: IGrantable, actions: readonly TableAction[]): void {
    grantee.grantPrincipal.addToPrincipalPolicy(statement(this.tableArn, actions));
  }

  /** Lets someone delete the items of one partition, and of no other. */
  allowRemoval(grantee: IGrantable, partition: string): void {
    const removal = statement(this.tableArn, ['DeleteItem']);
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    removal.addCondition('ForAllValues:StringEquals', { 'dynamodb:LeadingKeys': [partition] });
    grantee.grantPrincipal.addToPrincipalPolicy(removal);
  }

  /** Lets someone find items by one index. */
  allowLookup(grantee: IGrantable, indexName: string): void {
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
