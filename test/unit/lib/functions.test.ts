import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resourcesOf, templatesOf } from './synth.ts';

const functions = resourcesOf('prod', 'AWS::Lambda::Function');
const folderOf = (environment: Record<string, string>) => environment.POWERTOOLS_SERVICE_NAME ?? '';
const byFolder = Object.fromEntries(
  functions.map(([, { Properties }]) => [folderOf(Properties.Environment.Variables), Properties]),
);

describe('every function', () => {
  it('that there is a handler for is deployed, and no other', () => {
    const folders = globSync('*.ts', { cwd: 'lambdas', exclude: ['*.d.ts', 'wiring.ts'] }).map((file) =>
      file.replace('.ts', ''),
    );

    expect(Object.keys(byFolder).sort()).toEqual(folders.sort());
  });

  it('runs on Node 24 on ARM, and is traced', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
      });
    }
  });

  it('has a role of its own', () => {
    const roles = functions.map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);

    expect(new Set(roles).size).toBe(functions.length);
  });

  it('has policies written for it, and none of AWS’s ready-made ones', () => {
    for (const [, { Properties }] of resourcesOf('prod', 'AWS::IAM::Role')) {
      expect(Properties.ManagedPolicyArns).toBeUndefined();
    }
  });

  it('writes its own log', () => {
    const logs = functions.map(([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref);

    expect(new Set(logs).size).toBe(functions.length);
  });

  it.each(['sandbox', 'prod'] as const)('measures at %s under that name, so that stages do not mix', (stage) => {
    for (const [, { Properties }] of resourcesOf(stage, 'AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables.POWERTOOLS_METRICS_NAMESPACE).toBe(`SettleOnce/${stage}`);
    }
  });

  it('knows the tables that it may use, and no more', () => {
    const variables = (folder: string) =>
      Object.keys(byFolder[folder].Environment.Variables).filter((name) => name.endsWith('_TABLE'));

    expect(variables('inventory')).toEqual(['PRODUCTS_TABLE', 'RESERVATIONS_TABLE']);
    expect(variables('checkout')).toEqual(['CHECKOUT_SESSIONS_TABLE']);
    expect(variables('api-document')).toEqual([]);
  });
});

const scheduleOf = (name: string) =>
  resourcesOf('prod', 'AWS::Scheduler::Schedule')
    .map(([, { Properties }]) => Properties)
    .find(({ Name }) => Name === name) ?? {};

describe('what heals', () => {
  it.each([
    ['prod', '120'],
    ['local', '15'],
  ] as const)('at %s asks about a payment of which nothing was heard for %s seconds', (stage, seconds) => {
    const asking = resourcesOf(stage, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { DUE_AFTER_SECONDS, POWERTOOLS_SERVICE_NAME } = Properties.Environment.Variables;
      return DUE_AFTER_SECONDS ? [[POWERTOOLS_SERVICE_NAME, DUE_AFTER_SECONDS]] : [];
    });

    expect(Object.fromEntries(asking)).toEqual({
      admin: seconds,
      payments: seconds,
      'paypal-webhook': seconds,
      reconciliation: seconds,
      storefront: seconds,
    });
  });
});

it('what is in flight at prod is called broken after five minutes', () => {
  expect(byFolder.consistency.Environment.Variables.GRACE_SECONDS).toBe('300');
});

describe('the time that a function may take', () => {
  it('for a webhook is 10 seconds, so that PayPal is not kept waiting', () => {
    expect(byFolder['paypal-webhook'].Timeout).toBe(10);
  });

  it('is never longer than the HTTP API or a task of the workflow waits', () => {
    const byTheClock = ['reconciliation'];
    for (const [folder, { Timeout }] of Object.entries(byFolder))
      if (!byTheClock.includes(folder)) expect([folder, Timeout <= 29]).toEqual([folder, true]);
  });

  it('for what heals is over before it is called again', () => {
    const [, pause = ''] = /(\d+)/.exec(scheduleOf('payments').ScheduleExpression) ?? [];

    expect(byFolder.reconciliation.Timeout).toBeLessThan(Number(pause) * 60);
  });
});

describe('logs', () => {
  it.each([
    ['prod', 365],
    ['sandbox', 90],
    ['local', 3],
  ] as const)('at %s are kept for %d days, all of them', (stage, days) => {
    const groups = resourcesOf(stage, 'AWS::Logs::LogGroup');

    // One for each function, the HTTP API and the workflow.
    expect(groups).toHaveLength(functions.length + 2);
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toBe(days);
  });
});

describe('the HTTP API', () => {
  it('answers the routes of the contract', () => {
    const routes = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties.RouteKey);

    expect(routes.sort()).toEqual([
      'ANY /api/v1/admin/{proxy+}',
      'ANY /api/{proxy+}',
      'GET /api/v1/checkout-sessions/{id}',
      'GET /api/v1/health',
      'GET /api/v1/openapi.json',
      'GET /api/v1/orders/{id}',
      'GET /api/v1/payments',
      'GET /api/v1/payments/{id}',
      'GET /api/v1/products',
      'POST /api/v1/admin/sign-in',
      'POST /api/v1/admin/sign-in/refresh',
      'POST /api/v1/checkout-sessions',
      'POST /api/v1/payments',
      'POST /api/v1/payments/{id}/cancel',
      'POST /api/v1/payments/{id}/capture',
      'POST /webhooks/paypal',
    ]);
  });

  it('takes tokens of the operators’ pool and app alone, for all that operators do', () => {
    const [[id, authorizer] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Authorizer');
    const guarded = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').flatMap(([, { Properties }]) =>
      Properties.AuthorizationType === 'JWT' ? [[Properties.RouteKey, Properties.AuthorizerId]] : [],
    );

    expect(guarded).toEqual([['ANY /api/v1/admin/{proxy+}', { Ref: id }]]);
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: {
        Audience: [{ 'Fn::ImportValue': expect.stringMatching(/Refoperatorspoolclient/) }],
        Issuer: {
          'Fn::Join': [
            '',
            [
              'https://cognito-idp.',
              { Ref: 'AWS::Region' },
              '.amazonaws.com/',
              { 'Fn::ImportValue': expect.stringMatching(/Refoperatorspool(?!client)/) },
            ],
          ],
        },
      },
    });
  });

  it('lets nobody guess passwords fast', () => {
    const [[, stage] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Stage');
    const limit = { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 };

    expect(stage?.Properties.RouteSettings).toEqual({
      'POST /api/v1/admin/sign-in': limit,
      'POST /api/v1/admin/sign-in/refresh': limit,
    });
  });

  it('is throttled, and logs each request without address, query and headers of the shopper', () => {
    const [[, stage] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Stage');

    expect(stage?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
    expect(stage?.Properties.AccessLogSettings.Format).toContain('$context.requestId');
    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/identity|query|header|user/i);
  });
});

it('the stacks fit together without a circle: data knows nothing of what runs', () => {
  expect(JSON.stringify(templatesOf('prod').data.toJSON())).not.toContain('service');
});
