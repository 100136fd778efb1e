import { describe, expect, it } from 'vitest';
import { resourcesOf } from './synth.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const listOf = <Item>(value: Item | Item[]): Item[] => (Array.isArray(value) ? value : [value]);
const policies = resourcesOf('prod', 'AWS::IAM::Policy').map(([id, { Properties }]) => ({
  id,
  allowed: (Properties.PolicyDocument.Statement as Statement[]).filter(({ Effect }) => Effect === 'Allow'),
}));
const statementsOf = (prefix: string) => policies.find(({ id }) => id.startsWith(prefix))?.allowed ?? [];
const actionsOn = (prefix: string, resource: RegExp) =>
  statementsOf(prefix)
    .filter(({ Resource }) => listOf(Resource).some((one) => resource.test(JSON.stringify(one))))
    .flatMap(({ Action }) => listOf(Action))
    .sort();

/** The only actions allowed on `*`: they do not support resource-level permissions. */
const WITHOUT_RESOURCES = [
  // Step Functions' own logs: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
];

/** Execution names are not known at deployment, so all executions of this one machine are allowed. */
const EXECUTIONS = ':execution:settle-once-prod-payment-settlement:*"';
const isWide = (resource: string) => resource.replace(EXECUTIONS, '"').includes('*');

describe('IAM policies', () => {
  it('allow no action by wildcard', () => {
    const actions = policies.flatMap(({ allowed }) => allowed.flatMap(({ Action }) => listOf(Action)));

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('allow all resources only for actions without resource-level permissions', () => {
    const unrestricted = policies.flatMap(({ allowed }) =>
      allowed
        .filter(({ Resource }) => listOf(Resource).some((one) => isWide(JSON.stringify(one))))
        .flatMap(({ Action }) => listOf(Action)),
    );

    expect([...new Set(unrestricted)].sort()).toEqual([...WITHOUT_RESOURCES].sort());
  });

  it('allow scans to the storefront and the consistency check only', () => {
    const scanners = policies.filter(({ allowed }) =>
      allowed.some(({ Action }) => listOf(Action).includes('dynamodb:Scan')),
    );

    expect(scanners.map(({ id }) => id).sort()).toEqual([
      expect.stringMatching(/^consistency/),
      expect.stringMatching(/^storefront/),
    ]);
    expect(actionsOn('storefrontrole', /GetAtt(?!products)\w/)).not.toContain('dynamodb:Scan');
  });

  it('allow deleting only idempotency records, sessions of operators and failed settlements', () => {
    const deletions = policies
      .flatMap(({ allowed }) => allowed)
      .filter(({ Action }) => listOf(Action).includes('dynamodb:DeleteItem'));
    const ofOperations = deletions.filter(({ Resource }) => /GetAttoperations/.test(JSON.stringify(Resource)));

    expect(ofOperations.length).toBeGreaterThan(0);
    for (const { Action, Condition } of ofOperations) {
      expect(Action).toBe('dynamodb:DeleteItem');
      expect(Condition).toEqual({
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': ['failed-settlement'],
        },
      });
    }
    for (const { Resource } of deletions.filter((one) => !ofOperations.includes(one)))
      expect(JSON.stringify(Resource)).toMatch(/GetAtt(idempotency|access)/);
  });

  it('deny access to the dead-letter queues without TLS', () => {
    for (const [, { Properties }] of resourcesOf('prod', 'AWS::SQS::QueuePolicy')) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Deny',
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        }),
      );
    }
  });
});

describe('permissions of functions', () => {
  it('payment-status may only read payments and orders', () => {
    expect(actionsOn('paymentstatusrole', /GetAttpayments|GetAttorders/)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
    ]);
  });

  it('only functions that call PayPal may read its credentials', () => {
    const readers = policies
      .filter(({ id }) => actionsOn(id, /settle-once\/prod\/paypal-\?{6}/).length > 0)
      .map(({ id }) => id.replace(/role.*/, ''));

    expect(readers.sort()).toEqual([
      'admin',
      'consistency',
      'fulfillment',
      'payments',
      'paypalwebhook',
      'reconciliation',
      'storefront',
    ]);
  });

  it('consistency may read all business tables and write only to operations', () => {
    const BUSINESS_TABLES = /GetAtt(products|reservations|checkoutsessions|payments|orders|webhookevents)/;
    expect(new Set(actionsOn('consistencyrole', BUSINESS_TABLES))).toEqual(
      new Set(['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:Scan']),
    );
    expect(actionsOn('consistencyrole', /:stateMachine:|:execution:/)).toEqual(['states:ListExecutions']);
    expect(actionsOn('consistencyrole', /GetAttoperations/)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
  });

  it('sign-in may only log, trace, and write the sessions of operators', () => {
    const actions = statementsOf('signinrole').flatMap(({ Action }) => listOf(Action));

    expect(actionsOn('signinrole', /GetAttaccess/)).toEqual(actions.filter((action) => action.startsWith('dynamodb:')));
    expect(actions.sort()).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:DeleteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
  });

  it('sign-in may not touch API keys, limits and other items of the access table', () => {
    const onAccess = statementsOf('signinrole').filter(({ Resource }) => /GetAttaccess/.test(JSON.stringify(Resource)));

    expect(onAccess.map(({ Condition }) => Condition)).toEqual([
      { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['operator', 'session'] } },
    ]);
  });

  it('paypal-webhook may start the payment-settlement workflow', () => {
    expect(actionsOn('paypalwebhookrole', /:stateMachine:settle-once-prod-payment-settlement"/)).toEqual([
      'states:StartExecution',
    ]);
  });

  it('only admin and reconciliation may redrive executions', () => {
    const redrivers = policies.filter(({ allowed }) =>
      allowed.some(({ Action }) => listOf(Action).includes('states:RedriveExecution')),
    );

    expect(redrivers.map(({ id }) => id).sort()).toEqual([
      expect.stringMatching(/^admin/),
      expect.stringMatching(/^reconciliation/),
    ]);
    expect(actionsOn('adminrole', /:execution:settle-once-prod-payment-settlement:\*"/)).toEqual([
      'states:DescribeExecution',
      'states:GetExecutionHistory',
      'states:RedriveExecution',
    ]);
  });

  it('admin may read the state of tables, queues and functions, and update items', () => {
    const onTable = (name: string) =>
      actionsOn('adminrole', new RegExp(`^\\{"Fn::GetStackOutput":.*"\\w*GetAtt${name}\\w+"\\}\\}$`));
    const statements = statementsOf('adminrole');
    const resourcesOfAction = (action: string) =>
      statements.filter(({ Action }) => listOf(Action).includes(action)).flatMap(({ Resource }) => listOf(Resource));

    const onItems = ['dynamodb:BatchGetItem', 'dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
    expect(onTable('products')).toEqual(onItems.filter((action) => action !== 'dynamodb:GetItem'));
    expect(onTable('reservations')).toEqual(onItems);
    expect(onTable('checkoutsessions')).toEqual(onItems);
    expect(resourcesOfAction('sqs:GetQueueAttributes')).toHaveLength(2);
    expect(statements.flatMap(({ Action }) => listOf(Action)).filter((action) => action.startsWith('sqs:'))).toEqual([
      'sqs:GetQueueAttributes',
    ]);
    expect(resourcesOfAction('lambda:InvokeFunction')).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^consistency/), 'Arn'] },
    ]);
    // The functions that the workflow may invoke.
    const invocations = statementsOf('settlementrole').filter(({ Action }) =>
      listOf(Action).includes('lambda:InvokeFunction'),
    );
    expect(new Set(resourcesOfAction('lambda:GetFunctionConfiguration'))).toEqual(
      new Set(invocations.flatMap(({ Resource }) => listOf(Resource))),
    );
  });

  it('the workflow may invoke its four functions, without versions and aliases', () => {
    const resources = statementsOf('settlementrole')
      .filter(({ Action }) => listOf(Action).includes('lambda:InvokeFunction'))
      .flatMap(({ Resource }) => listOf(Resource));

    expect(resources).toHaveLength(4);
    for (const resource of resources) expect(resource).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Arn'] });
  });

  it('none may update or delete an entry of the audit log, nor delete logs', () => {
    const writers = policies.flatMap(({ id, allowed }) =>
      allowed
        .filter(({ Resource }) => /GetAttaudit/.test(JSON.stringify(Resource)))
        .flatMap(({ Action }) => listOf(Action).map((action) => `${id.replace(/role.*/, '')} ${action}`)),
    );
    const deletions = policies.flatMap(({ allowed }) =>
      allowed.flatMap(({ Action }) => listOf(Action).filter((action) => /^logs:Delete(?!LogDelivery)/.test(action))),
    );

    expect(writers.sort()).toEqual([
      'admin dynamodb:DescribeTable',
      'admin dynamodb:PutItem',
      'admin dynamodb:Query',
      'audit dynamodb:DescribeStream',
      'audit dynamodb:GetRecords',
      'audit dynamodb:GetShardIterator',
      'audit dynamodb:ListStreams',
    ]);
    expect(deletions).toEqual([]);
  });
});
