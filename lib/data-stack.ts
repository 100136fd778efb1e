import { CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { UNSET_CREDENTIAL } from '../src/paypal/unset-credential.ts';
import { OperatorPool } from './constructs/operator-pool.ts';
import { ShopTable, type TableShape } from './constructs/table.ts';
import { originSecretName, payPalSecretName, TABLE_NAMES, type TableName, tableOutput } from './names.ts';
import { removalPolicyOf, type Stage } from './stages.ts';

/** Sparse: holds an item only while `due_at` is set. */
const BY_DUE = { key: 'due_shard', sortKey: 'due_at' } as const;

/** Table definitions; keys and indexes match the repositories. */
const TABLES = {
  products: { key: 'sku', streams: 'items' },
  reservations: {
    key: 'checkout_session_id',
    expiresBy: 'delete_at',
    streams: 'keys',
    indexes: { 'by-due': BY_DUE },
  },
  'checkout-sessions': { key: 'checkout_session_id', expiresBy: 'delete_at', streams: 'keys' },
  payments: {
    key: 'payment_id',
    expiresBy: 'delete_at',
    streams: 'keys',
    indexes: {
      'by-paypal-order': { key: 'paypal_order_id' },
      'by-capture': { key: 'capture_id' },
      'by-due': BY_DUE,
      // Sparse: holds a payment once its money has moved.
      'by-ledger-day': { key: 'ledger_day', sortKey: 'payment_id' },
    },
  },
  orders: { key: 'order_id', sortKey: 'part', expiresBy: 'expires_at', streams: 'keys' },
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
  // Operators, their sessions and refunds of the day, and API keys.
  access: { key: 'kind', sortKey: 'id', expiresBy: 'expires_at' },
  audit: { key: 'kind', sortKey: 'id', streams: 'items' },
} as const satisfies Record<TableName, TableShape>;

/** Everything that must survive a redeployment: tables, PayPal credentials, operators. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableName, ShopTable>>;
  readonly operators: OperatorPool;

  constructor(scope: Construct, stage: Stage) {
    super(scope, `settle-once-${stage.name}-data`, {
      description: `settle-once ${stage.name}: tables, PayPal credentials and operators`,
      terminationProtection: stage.isProtected,
    });

    this.tables = Object.fromEntries(
      TABLE_NAMES.map((name) => [name, new ShopTable(this, name, TABLES[name], stage)]),
    ) as Record<TableName, ShopTable>;

    // Functions read it by name.
    const secret = new Secret(this, 'paypal', {
      secretName: payPalSecretName(stage.name),
      description: 'PayPal REST credentials and webhook id',
      removalPolicy: removalPolicyOf(stage),
      // Generated at creation only: later deployments keep the credentials that an operator has stored.
      generateSecretString: {
        secretStringTemplate: JSON.stringify({
          client_id: UNSET_CREDENTIAL,
          client_secret: UNSET_CREDENTIAL,
          webhook_id: '',
        }),
        generateStringKey: 'placeholder',
      },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Cannot be rotated by a function: PayPal’s client secrets are created in its dashboard only, not by API.',
    });

    if (stage.originCheck) this.createOriginSecret(stage);

    this.operators = new OperatorPool(this, 'operators', stage);
    new CfnOutput(this, 'UserPoolId', { value: this.operators.pool.userPoolId });
    new CfnOutput(this, 'UserPoolClientId', { value: this.operators.client.userPoolClientId });
    for (const name of TABLE_NAMES) {
      new CfnOutput(this, `table-${name}`, { key: tableOutput(name), value: this.tables[name].tableName });
    }
  }

  /** Read by `npm run deploy`, which gives its hash to the functions, and by CloudFormation for CloudFront. */
  private createOriginSecret(stage: Stage): void {
    const secret = new Secret(this, 'origin', {
      secretName: originSecretName(stage.name),
      description: 'Sent by CloudFront to the HTTP API',
      removalPolicy: removalPolicyOf(stage),
      generateSecretString: { excludePunctuation: true, passwordLength: 64 },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Rotated by npm run deploy -- --rotate-origin-secret: functions and CloudFront change in a fixed order.',
    });
  }
}
