import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, type HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '../../lambdas/shared/metric-names.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';

/** A route and the reason why nobody has to log in for it. */
export interface Route {
  /** As in `GET /api/v1/products`. */
  readonly route: `${HttpMethod} /${string}`;

  readonly open: string;
}

/** What the shop's front door to the internet is made of. */
export interface ShopApiProps {
  readonly stage: Stage;

  /** Who answers what. */
  readonly answers: readonly (readonly [IFunction, readonly Route[]])[];
}

/** Without query, headers and address: they carry PayPal's token and tell who the shopper is. */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    request_id: '$context.requestId',
    at: '$context.requestTime',
    route: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    latency_ms: '$context.responseLatency',
    response_bytes: '$context.responseLength',
    error: '$context.error.message',
    integration_error: '$context.integrationErrorMessage',
  }),
);

/** The HTTP API: routes to functions, throttled, each request logged without personal data. */
export class ShopApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { stage, answers }: ShopApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'http', {
      apiName: `settle-once-${stage.name}`,
      description: 'Storefront API and PayPal webhooks',
      createDefaultStage: false,
    });

    for (const [fn, routes] of answers) {
      const integration = new HttpLambdaIntegration(fn.node.id, fn, {
        timeout: Duration.seconds(29),
        // One permission per function: one per route would outgrow the function's policy.
        scopePermissionToRoute: false,
      });
      for (const { route, open } of routes) {
        const [method, path] = route.split(' ') as [HttpMethod, string];
        for (const made of this.api.addRoutes({ path, methods: [method], integration })) {
          Validations.of(made).acknowledge({ id: 'AwsSolutions-APIG4', reason: open });
        }
      }
    }

    const accessLog = new LogGroup(this, 'logs', {
      logGroupName: `/aws/vendedlogs/apis/settle-once-${stage.name}`,
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    });
    // API Gateway's own metrics count what it turns away among all other 4xx.
    accessLog.addMetricFilter('turned-away', {
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: metricNamespace(stage.name),
      metricName: 'RequestThrottled' satisfies MetricName,
    });

    new HttpStage(this, 'stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: stage.throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: ACCESS_LOG,
      },
    });
  }
}
