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

/** The only actions allowed on everything, because AWS knows no resources for them. */
const WITHOUT_RESOURCES = [
  // X-Ray: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
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

/** Executions have names that nobody knows beforehand: of one machine, they may be meant all together. */
const EXECUTIONS = ':execution:settle-once-prod-payment-settlement:*"';
const isWide = (resource: string) => resource.replace(EXECUTIONS, '"').includes('*');

describe('nobody', () => {
  it('may do everything', () => {
    const actions = policies.flatMap(({ allowed }) => allowed.flatMap(({ Action }) => listOf(Action)));

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('may do anything with everything, but what knows no resources', () => {
    const onEverything = policies.flatMap(({ allowed }) =>
      allowed
        .filter(({ Resource }) => listOf(Resource).some((one) => isWide(JSON.stringify(one))))
        .flatMap(({ Action }) => listOf(Action)),
    );

    expect([...new Set(onEverything)].sort()).toEqual([...WITHOUT_RESOURCES].sort());
  });

  it('may read a whole table but the shop window, and what checks the books', () => {
    const scanners = policies.filter(({ allowed }) =>
      allowed.some(({ Action }) => listOf(Action).includes('dynamodb:Scan')),
    );

    expect(scanners.map(({ id }) => id).sort()).toEqual([
      expect.stringMatching(/^consistency/),
      expect.stringMatching(/^storefront/),
    ]);
    expect(actionsOn('storefrontrole', /GetAtt(?!products)\w/)).not.toContain('dynamodb:Scan');
  });

  it('may delete an item but an idempotency record, or what is mended', () => {
    const deletions = policies
      .flatMap(({ allowed }) => allowed)
      .filter(({ Action }) => listOf(Action).includes('dynamodb:DeleteItem'));
    const mended = deletions.filter(({ Resource }) => /GetAttoperations/.test(JSON.stringify(Resource)));

    expect(mended.length).toBeGreaterThan(0);
    for (const { Action, Condition } of mended) {
      expect(Action).toBe('dynamodb:DeleteItem');
      expect(Condition).toEqual({
        'ForAllValues:StringEquals': {
          'dynamodb:LeadingKeys': ['failed-settlement'],
        },
      });
    }
    for (const { Resource } of deletions.filter((one) => !mended.includes(one)))
      expect(JSON.stringify(Resource)).toMatch(/GetAttidempotency/);
  });

  it('may use the queues of dead letters but over TLS', () => {
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

describe('what a function may do', () => {
  it('ends, for the one that answers polling, with reading payments and orders', () => {
    expect(actionsOn('paymentstatusrole', /GetAttpayments|GetAttorders/)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
    ]);
  });

  it('includes no PayPal credentials for those that do not talk to PayPal', () => {
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

  it('is, for what checks the books, to read them all and change nothing but what it finds', () => {
    const BOOKS = /GetAtt(products|reservations|checkoutsessions|payments|orders|webhookevents)/;
    expect(new Set(actionsOn('consistencyrole', BOOKS))).toEqual(
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

  it('is nothing, for the one that anybody may call to sign in, but to log and to be traced', () => {
    const actions = statementsOf('signinrole').flatMap(({ Action }) => listOf(Action));

    expect(actions.sort()).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ]);
  });

  it('includes the start of one workflow, by its name', () => {
    expect(actionsOn('paypalwebhookrole', /:stateMachine:settle-once-prod-payment-settlement"/)).toEqual([
      'states:StartExecution',
    ]);
  });

  it('includes a second chance for a settlement for operators alone', () => {
    const redrivers = policies.filter(({ allowed }) =>
      allowed.some(({ Action }) => listOf(Action).includes('states:RedriveExecution')),
    );

    expect(redrivers.map(({ id }) => id)).toEqual([expect.stringMatching(/^admin/)]);
    expect(actionsOn('adminrole', /:execution:settle-once-prod-payment-settlement:\*"/)).toEqual([
      'states:DescribeExecution',
      'states:GetExecutionHistory',
      'states:RedriveExecution',
    ]);
  });

  it('is, for operators, to see how the shop is, and to mend it by the ordinary ways', () => {
    const onTable = (name: string) =>
      actionsOn('adminrole', new RegExp(`^\\{"Fn::ImportValue":"[^"]*GetAtt${name}\\w+"\\}$`));
    const statements = statementsOf('adminrole');
    const resourcesOfAction = (action: string) =>
      statements.filter(({ Action }) => listOf(Action).includes(action)).flatMap(({ Resource }) => listOf(Resource));

    expect(onTable('products')).toEqual(['dynamodb:DescribeTable', 'dynamodb:UpdateItem']);
    expect(onTable('reservations')).toEqual(['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(onTable('checkoutsessions')).toEqual(['dynamodb:DescribeTable', 'dynamodb:GetItem', 'dynamodb:UpdateItem']);
    expect(resourcesOfAction('sqs:GetQueueAttributes')).toHaveLength(2);
    expect(statements.flatMap(({ Action }) => listOf(Action)).filter((action) => action.startsWith('sqs:'))).toEqual([
      'sqs:GetQueueAttributes',
    ]);
    expect(resourcesOfAction('lambda:InvokeFunction')).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^consistency/), 'Arn'] },
    ]);
    // All that the workflow may call.
    const called = statementsOf('settlementrole').filter(({ Action }) =>
      listOf(Action).includes('lambda:InvokeFunction'),
    );
    expect(new Set(resourcesOfAction('lambda:GetFunctionConfiguration'))).toEqual(
      new Set(called.flatMap(({ Resource }) => listOf(Resource))),
    );
  });

  it('is, for the workflow, to call its four services as they are deployed, not by version', () => {
    const resources = statementsOf('settlementrole')
      .filter(({ Action }) => listOf(Action).includes('lambda:InvokeFunction'))
      .flatMap(({ Resource }) => listOf(Resource));

    expect(resources).toHaveLength(4);
    for (const resource of resources) expect(resource).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Arn'] });
  });
});
