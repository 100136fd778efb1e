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
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { FilterPattern, LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type MetricName, metricNamespace } from '../../src/shared/metric-names.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';
import type { OperatorPool } from './operator-pool.ts';

/** A route, and who may call it. */
export interface Route {
  /** As in `GET /api/v1/products`. */
  readonly route: `${HttpMethod} /${string}`;

  /** The reason why nobody has to sign in for it; false where only the owner of a token of the operators' pool may call. */
  readonly open: string | false;

  /**
   * Requests per second, and how many at once.
   * @default - those of the stage
   */
  readonly throttle?: { readonly rateLimit: number; readonly burstLimit: number };
}

/** What the shop's front door to the internet is made of. */
export interface ShopApiProps {
  readonly stage: Stage;

  /** Whose tokens are taken. */
  readonly operators: OperatorPool;

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

  constructor(scope: Construct, id: string, { stage, operators, answers }: ShopApiProps) {
    super(scope, id);
    this.api = new HttpApi(this, 'http', {
      apiName: `settle-once-${stage.name}`,
      description: 'Storefront API and PayPal webhooks',
      createDefaultStage: false,
    });

    // It checks signature, issuer, expiry and `aud`, or `client_id` where there is no `aud`, as in an access token; the rest is the
    // function's: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
    const tokens = new HttpJwtAuthorizer('operators', operators.issuer, {
      jwtAudience: [operators.client.userPoolClientId],
    });
    const limited: Record<string, object> = {};
    const made: HttpRoute[] = [];

    for (const [fn, routes] of answers) {
      const integration = new HttpLambdaIntegration(fn.node.id, fn, {
        timeout: Duration.seconds(29),
        // One permission per function: one per route would outgrow the function's policy.
        scopePermissionToRoute: false,
      });
      for (const { route, open, throttle } of routes) {
        const [method, path] = route.split(' ') as [HttpMethod, string];
        const options = { path, methods: [method], integration, ...(open === false && { authorizer: tokens }) };
        for (const one of this.api.addRoutes(options)) {
          made.push(one);
          if (open) Validations.of(one).acknowledge({ id: 'AwsSolutions-APIG4', reason: open });
        }
        if (throttle)
          limited[route] = { ThrottlingRateLimit: throttle.rateLimit, ThrottlingBurstLimit: throttle.burstLimit };
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
    // HttpStage has no word for the settings of single routes, which must be there before they are set.
    (deployed.node.defaultChild as CfnStage).routeSettings = limited;
    deployed.node.addDependency(...made);
  }
}
