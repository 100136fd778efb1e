import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { OperatorPool } from './constructs/operator-pool.ts';
import { ShopTable, type TableShape } from './constructs/table.ts';
import { payPalSecretName, TABLE_NAMES, type TableName, tableOutput } from './names.ts';
import { removalPolicyOf, type Stage } from './stages.ts';

/** Sparse: an item is in it only while something is due for it, and leaves it when nothing is. */
const BY_DUE = { key: 'due_shard', sortKey: 'due_at' } as const;

/** One table per service, with the keys that its repository relies on. */
const TABLES = {
  products: { key: 'sku' },
  reservations: { key: 'checkout_session_id', indexes: { 'by-due': BY_DUE } },
  'checkout-sessions': { key: 'checkout_session_id' },
  payments: {
    key: 'payment_id',
    indexes: {
      'by-paypal-order': { key: 'paypal_order_id' },
      'by-capture': { key: 'capture_id' },
      'by-due': BY_DUE,
    },
  },
  orders: { key: 'order_id', sortKey: 'part', expiresBy: 'expires_at' },
  'webhook-events': {
    key: 'event_id',
    expiresBy: 'expires_at',
    indexes: {
      'by-status': { key: 'status', sortKey: 'received_at' },
      'by-payment': { key: 'payment_id', sortKey: 'received_at' },
    },
  },
  idempotency: { key: 'id', expiresBy: 'expiration' },
  operations: { key: 'kind', sortKey: 'id' },
} as const satisfies Record<TableName, TableShape>;

/** What must survive: the shop's tables, its PayPal credentials, its operators. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableName, ShopTable>>;
  readonly operators: OperatorPool;

  constructor(scope: Construct, stage: Stage) {
    super(scope, `settle-once-${stage.name}-data`, {
      description: `settle-once ${stage.name}: tables, PayPal credentials and operators`,
      terminationProtection: stage.retainData,
    });

    this.tables = Object.fromEntries(
      TABLE_NAMES.map((name) => [name, new ShopTable(this, name, TABLES[name], stage)]),
    ) as Record<TableName, ShopTable>;

    // Functions find it by its name.
    const secret = new Secret(this, 'paypal', {
      secretName: payPalSecretName(stage.name),
      description: 'PayPal REST credentials and webhook id',
      removalPolicy: removalPolicyOf(stage),
      // Generated once, at creation: a later deployment leaves alone what an operator has filled in.
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ client_id: 'to-fill-in', client_secret: 'to-fill-in', webhook_id: '' }),
        generateStringKey: 'placeholder',
      },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'PayPal has no API that makes a new client secret: an operator makes it in its dashboard, so no function can rotate it.',
    });

    this.operators = new OperatorPool(this, 'operators', stage);
    new CfnOutput(this, 'UserPoolId', { value: this.operators.pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.operators.client.userPoolClientId });
    for (const name of TABLE_NAMES) {
      new CfnOutput(this, `table-${name}`, { key: tableOutput(name), value: this.tables[name].tableName });
    }
  }
}
