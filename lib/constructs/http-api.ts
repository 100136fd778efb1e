import { Duration, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  HttpApi,
  type HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '../../src/shared/metric-names.ts';
import { removalPolicyOf, type Stage, type ThrottledRoute } from '../stages.ts';

export interface Route {
  /** Method and path: `GET /api/v1/products`. */
  readonly route: `${HttpMethod} /${string}`;

  /** Why API Gateway does not authorize its callers. */
  readonly publicReason: string;

  /**
   * The stage's throttle of this route.
   * @default - the throttle of the whole API
   */
  readonly throttle?: ThrottledRoute;
}

export interface ShopApiProps {
  readonly stage: Stage;

  readonly routes: readonly (readonly [IFunction, readonly Route[]])[];
}

/** No query, headers or IP address: they carry PayPal's token and personal data. */
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

/** Routes requests to functions: throttled, with an access log free of personal data. */
export class ShopApi extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { stage, routes }: ShopApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'http', {
      apiName: `settle-once-${stage.name}`,
      description: 'Storefront API and PayPal webhooks',
      createDefaultStage: false,
    });

    const routeSettings: Record<string, object> = {};
    const created: HttpRoute[] = [];

    for (const [fn, functionRoutes] of routes) {
      const integration = new HttpLambdaIntegration(fn.node.id, fn, {
        timeout: Duration.seconds(29),
        // One permission per function: one per route would exceed the size limit of the function's policy.
        scopePermissionToRoute: false,
      });
      for (const { route, publicReason, throttle } of functionRoutes) {
        const [method, path] = route.split(' ') as [HttpMethod, string];
        for (const added of this.api.addRoutes({ path, methods: [method], integration })) {
          created.push(added);
          Validations.of(added).acknowledge({ id: 'AwsSolutions-APIG4', reason: publicReason });
        }
        if (throttle) {
          const { rateLimit, burstLimit } = stage.routeThrottles[throttle];
          routeSettings[route] = { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit };
        }
      }
    }

    const accessLog = new LogGroup(this, 'logs', {
      logGroupName: `/aws/vendedlogs/apis/settle-once-${stage.name}`,
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    });
    // API Gateway's own metrics do not separate 429 from other 4xx.
    accessLog.addMetricFilter('turned-away', {
      filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
      metricNamespace: metricNamespace(stage.name),
      metricName: 'RequestThrottled' satisfies MetricName,
    });

    const deployed = new HttpStage(this, 'stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: stage.throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: ACCESS_LOG,
      },
    });
    // HttpStage has no property for the settings of single routes. The routes must exist before their settings.
    (deployed.node.defaultChild as CfnStage).routeSettings = routeSettings;
    deployed.node.addDependency(...created);
  }
}
