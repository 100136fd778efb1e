import { globSync } from 'node:fs';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../lib/constructs/http-api.ts';
import type { StageName } from '../../../lib/names.ts';
import { RESERVED_CONCURRENCY, totalOf } from '../../../lib/reserved-concurrency.ts';
import { ROUTES } from '../../../lib/routes.ts';
import { scheduledJobs } from '../../../lib/scheduled-jobs.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { WORKFLOW_SERVICES } from '../../../src/shared/workflow-steps.ts';
import { appOf, resourcesOf, templatesOf } from './synth.ts';

const functions = resourcesOf('prod', 'AWS::Lambda::Function');
const nameOf = (environment: Record<string, string>) => environment.POWERTOOLS_SERVICE_NAME ?? '';
const byName = Object.fromEntries(
  functions.map(([, { Properties }]) => [nameOf(Properties.Environment.Variables), Properties]),
);

describe('functions', () => {
  it('are exactly the entries under lambdas/', () => {
    const entries = globSync('*.ts', { cwd: 'lambdas', exclude: ['*.d.ts', 'wiring.ts'] }).map((file) =>
      file.replace('.ts', ''),
    );

    expect(Object.keys(byName).sort()).toEqual(entries.sort());
  });

  it('run on Node.js 24 and ARM, without tracing', () => {
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
      });
      expect(Properties.TracingConfig).toBeUndefined();
    }
  });

  it('have a role each', () => {
    const roles = functions.map(([, { Properties }]) => Properties.Role['Fn::GetAtt'][0]);

    expect(new Set(roles).size).toBe(functions.length);
  });

  it('have no AWS managed policies', () => {
    const roles = resourcesOf('prod', 'AWS::IAM::Role').filter(([, { Properties }]) =>
      JSON.stringify(Properties.AssumeRolePolicyDocument).includes('lambda.amazonaws.com'),
    );

    expect(roles).toHaveLength(functions.length);
    for (const [, { Properties }] of roles) expect(Properties.ManagedPolicyArns).toBeUndefined();
  });

  it('have a log group each', () => {
    const logs = functions.map(([, { Properties }]) => Properties.LoggingConfig.LogGroup.Ref);

    expect(new Set(logs).size).toBe(functions.length);
  });

  it.each(['sandbox', 'prod'] as const)('emit metrics to the namespace of stage %s', (stage) => {
    for (const [, { Properties }] of resourcesOf(stage, 'AWS::Lambda::Function')) {
      expect(Properties.Environment.Variables.POWERTOOLS_METRICS_NAMESPACE).toBe(`SettleOnce/${stage}`);
    }
  });

  it('have variables for the tables they may use only', () => {
    const variables = (name: string) =>
      Object.keys(byName[name].Environment.Variables).filter((variable) => variable.endsWith('_TABLE'));

    expect(variables('inventory')).toEqual(['PRODUCTS_TABLE', 'RESERVATIONS_TABLE']);
    expect(variables('checkout')).toEqual(['CHECKOUT_SESSIONS_TABLE']);
    expect(variables('api-document')).toEqual([]);
  });
});

const scheduleOf = (name: string) =>
  resourcesOf('prod', 'AWS::Scheduler::Schedule')
    .map(([, { Properties }]) => Properties)
    .find(({ Name }) => Name === name) ?? {};

describe('DUE_AFTER_SECONDS', () => {
  it.each([
    ['prod', '120'],
    ['local', '15'],
  ] as const)('is set in stage %s to %s for every function that schedules payment checks', (stage, seconds) => {
    const delays = resourcesOf(stage, 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
      const { DUE_AFTER_SECONDS, POWERTOOLS_SERVICE_NAME } = Properties.Environment.Variables;
      return DUE_AFTER_SECONDS ? [[POWERTOOLS_SERVICE_NAME, DUE_AFTER_SECONDS]] : [];
    });

    expect(Object.fromEntries(delays)).toEqual({
      admin: seconds,
      payments: seconds,
      'paypal-webhook': seconds,
      reconciliation: seconds,
      storefront: seconds,
    });
  });
});

it('consistency function has a grace period of 5 minutes in prod', () => {
  expect(byName.consistency.Environment.Variables.GRACE_SECONDS).toBe('300');
});

describe('function timeout', () => {
  it('is 10 seconds for webhooks', () => {
    expect(byName['paypal-webhook'].Timeout).toBe(10);
  });

  it('is at most 29 seconds behind the HTTP API and the workflow', () => {
    const scheduled = ['reconciliation'];
    for (const [name, { Timeout }] of Object.entries(byName))
      if (!scheduled.includes(name)) expect([name, Timeout <= 29]).toEqual([name, true]);
  });

  it('is shorter than the interval of a reconciliation job', () => {
    const [, minutes = ''] = /(\d+)/.exec(scheduleOf('payments').ScheduleExpression) ?? [];

    expect(byName.reconciliation.Timeout).toBeLessThan(Number(minutes) * 60);
  });
});

describe('reserved concurrency', () => {
  const functionsIn = (stage: StageName, context: Readonly<Record<string, string>>) =>
    Object.values(Template.fromStack(appOf(stage, context).service).findResources('AWS::Lambda::Function')).map(
      ({ Properties }) => Properties,
    );
  const reservedIn = (stage: StageName, context: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      functionsIn(stage, context).flatMap(({ Environment, ReservedConcurrentExecutions: reserved }) =>
        reserved === undefined ? [] : [[nameOf(Environment.Variables), reserved]],
      ),
    );

  it('is kept in prod for the webhook, every workflow service and reconciliation', () => {
    const reserved = reservedIn('prod');

    expect(Object.keys(reserved).sort()).toEqual([...WORKFLOW_SERVICES, 'paypal-webhook', 'reconciliation'].sort());
    expect(reserved).toEqual(RESERVED_CONCURRENCY.prod);
  });

  it('leaves more than half of Lambda’s default quota of 1,000 to the other functions', () => {
    expect(totalOf(RESERVED_CONCURRENCY.prod)).toBeLessThan(500);
  });

  it('has room for all payment workers and every scheduled job', () => {
    const { intervals, maxPaymentWorkers } = stageFrom(appOf('prod').app.node);

    expect(RESERVED_CONCURRENCY.prod.reconciliation).toBeGreaterThan(
      maxPaymentWorkers + scheduledJobs(intervals).length,
    );
  });

  it.each([
    ['sandbox', {}],
    ['local', {}],
    ['prod', { reservedConcurrency: 'off' }],
  ] as const)('is not kept in stage %s with context %j', (stage, context) => {
    expect(reservedIn(stage, context)).toEqual({});
  });

  it.each([
    ['prod', {}, 'on'],
    ['sandbox', {}, 'on'],
    ['prod', { reservedConcurrency: 'off' }, 'off'],
  ] as const)('is shown in the health of stage %s with context %j as %s', (stage, context, shown) => {
    const variables = functionsIn(stage, context).flatMap(
      ({ Environment }) => Environment.Variables.RESERVED_CONCURRENCY ?? [],
    );

    expect(variables).toEqual([shown]);
  });
});

describe('log groups', () => {
  it.each([
    ['prod', 365],
    ['sandbox', 90],
    ['local', 3],
  ] as const)('are retained in stage %s for %d days', (stage, days) => {
    const groups = resourcesOf(stage, 'AWS::Logs::LogGroup');

    // One per function, HTTP API and workflow.
    expect(groups).toHaveLength(functions.length + 2);
    for (const [, { Properties }] of groups) expect(Properties.RetentionInDays).toBe(days);
  });
});

describe('HTTP API', () => {
  it('has the routes of the contract', () => {
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
      'POST /api/v1/admin/sign-out',
      'POST /api/v1/checkout-sessions',
      'POST /api/v1/checkout-sessions/{id}/release',
      'POST /api/v1/payments',
      'POST /api/v1/payments/{id}/cancel',
      'POST /api/v1/payments/{id}/capture',
      'POST /webhooks/paypal',
    ]);
  });

  it('has no authorizer: the functions check their callers', () => {
    const types = resourcesOf('prod', 'AWS::ApiGatewayV2::Route').map(
      ([, { Properties }]) => Properties.AuthorizationType,
    );

    expect(new Set(types)).toEqual(new Set(['NONE']));
  });

  const routeSettings = () => resourcesOf('prod', 'AWS::ApiGatewayV2::Stage')[0]?.[1].Properties.RouteSettings;

  it('throttles sign-in to 5 requests per second, and the refresh of tokens apart from it', () => {
    expect(routeSettings()).toMatchObject({
      'POST /api/v1/admin/sign-in': { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 },
      'POST /api/v1/admin/sign-in/refresh': { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
      'POST /api/v1/admin/sign-out': { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20 },
    });
  });

  it('throttles every public POST route by itself, below the limit of the whole API', () => {
    const publicPosts = Object.values<readonly Route[]>(ROUTES)
      .flat()
      .filter(({ route }) => route.startsWith('POST '))
      .map(({ route }) => route);

    expect(Object.keys(routeSettings()).sort()).toEqual(publicPosts.toSorted());
    for (const { ThrottlingRateLimit } of Object.values<{ ThrottlingRateLimit: number }>(routeSettings()))
      expect(ThrottlingRateLimit).toBeLessThan(500);
  });

  it('admits 200 shoppers at the same moment to each route of the checkout', () => {
    const checkout = Object.entries<{ ThrottlingBurstLimit: number }>(routeSettings()).filter(([route]) =>
      /checkout-sessions|payments/.test(route),
    );

    expect(checkout).toHaveLength(5);
    for (const [, { ThrottlingBurstLimit }] of checkout) expect(ThrottlingBurstLimit).toBeGreaterThanOrEqual(200);
  });

  it('is throttled, with an access log free of IP addresses, queries and headers', () => {
    const [[, stage] = []] = resourcesOf('prod', 'AWS::ApiGatewayV2::Stage');

    expect(stage?.Properties.DefaultRouteSettings).toMatchObject({
      ThrottlingRateLimit: 500,
      ThrottlingBurstLimit: 1000,
    });
    expect(stage?.Properties.AccessLogSettings.Format).toContain('$context.requestId');
    expect(stage?.Properties.AccessLogSettings.Format).not.toMatch(/identity|query|header|user/i);
  });
});

it('data stack does not depend on the service stack', () => {
  expect(JSON.stringify(templatesOf('prod').data.toJSON())).not.toContain('service');
});
