import { CfnOutput, Stack } from 'aws-cdk-lib';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { CHALLENGE_PARAMETER } from './firewall-challenge.ts';
import { FIREWALL_REGION } from './names.ts';
import type { FirewalledRoute, FirewallLimits, Stage } from './stages.ts';

export interface FirewallStackProps {
  readonly stage: Stage;
  readonly limits: Readonly<Record<FirewalledRoute, FirewallLimits>>;
}

/** Where the paths of a route begin. */
const PATHS: Readonly<Record<FirewalledRoute, string>> = {
  sessions: '/api/v1/checkout-sessions',
  payments: '/api/v1/payments',
  'sign-in': '/api/v1/admin/sign-in',
};

/**
 * Not inspected by managed rules, which take code in a message or a buyer's name for an attack: PayPal signs its
 * events, and operators have signed in.
 */
const UNINSPECTED_PATHS = ['/webhooks/paypal', '/api/v1/admin/'];

// Together 900 of the 1,500 capacity units that the price of a web ACL includes.
const MANAGED_GROUPS = ['AWSManagedRulesCommonRuleSet', 'AWSManagedRulesKnownBadInputsRuleSet'];

type Statement = CfnWebACL.StatementProperty;
type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;

/** The web ACL of the distribution: limits for each address, and AWS's rules against common attacks. */
export class FirewallStack extends Stack {
  constructor(scope: Construct, { stage, limits }: FirewallStackProps) {
    super(scope, `settle-once-${stage.name}-firewall`, {
      description: `settle-once ${stage.name}: firewall in front of CloudFront`,
      env: { region: FIREWALL_REGION },
    });
    const routes = Object.entries(limits) as [FirewalledRoute, FirewallLimits][];
    const rules: readonly Rule[] = [
      CHALLENGE_PAGE,
      // A rule counts only what no earlier rule has ended: the higher limit comes first, and counts every request.
      ...routes.map(([route, { block }]) => blockAbove(route, block)),
      ...routes.map(([route, { challenge }]) => challengeAbove(route, challenge)),
      ...MANAGED_GROUPS.map(managed),
    ];
    const webAcl = new CfnWebACL(this, 'web-acl', {
      name: `settle-once-${stage.name}`,
      scope: 'CLOUDFRONT',
      defaultAction: { allow: {} },
      customResponseBodies: {
        // As API Gateway's own response to a throttled request.
        [TOO_MANY]: { contentType: 'APPLICATION_JSON', content: JSON.stringify({ message: 'Too Many Requests' }) },
      },
      challengeConfig: { immunityTimeProperty: { immunityTime: 1800 } },
      rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: measuredAs(rule.name) })),
      visibilityConfig: measuredAs(`settle-once-${stage.name}`),
    });
    new CfnOutput(this, 'WebAclArn', { value: webAcl.attrArn });
  }
}

const TOO_MANY = 'too-many-requests';

/** No samples: they have shoppers' addresses and headers. */
const measuredAs = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
  metricName,
});

// Otherwise `/api/v1//payments` and `%70ayments` would pass uncounted.
const NORMALIZED = [
  { priority: 0, type: 'URL_DECODE' },
  { priority: 1, type: 'NORMALIZE_PATH' },
];

const match = (
  fieldToMatch: CfnWebACL.FieldToMatchProperty,
  positionalConstraint: 'EXACTLY' | 'STARTS_WITH',
  searchString: string,
  textTransformations = [{ priority: 0, type: 'NONE' }],
): Statement => ({ byteMatchStatement: { fieldToMatch, positionalConstraint, searchString, textTransformations } });

const pathStartsWith = (path: string): Statement => match({ uriPath: {} }, 'STARTS_WITH', path, NORMALIZED);

/** POST requests of an address, in five minutes. */
const rateAbove = (route: FirewalledRoute, limit: number): Statement => ({
  rateBasedStatement: {
    aggregateKeyType: 'IP',
    evaluationWindowSec: 300,
    limit,
    scopeDownStatement: {
      andStatement: { statements: [pathStartsWith(PATHS[route]), match({ method: {} }, 'EXACTLY', 'POST')] },
    },
  },
});

const blockAbove = (route: FirewalledRoute, limit: number): Rule => ({
  name: `block-${route}`,
  statement: rateAbove(route, limit),
  action: { block: { customResponse: { responseCode: 429, customResponseBodyKey: TOO_MANY } } },
});

const challengeAbove = (route: FirewalledRoute, limit: number): Rule => ({
  name: `challenge-${route}`,
  statement: rateAbove(route, limit),
  action: { challenge: {} },
});

/** A challenge needs a page to run in: ours load again with this query parameter when a call was challenged. */
const CHALLENGE_PAGE: Rule = {
  name: 'challenge-page',
  statement: match({ singleQueryArgument: { Name: CHALLENGE_PARAMETER } }, 'EXACTLY', 'required'),
  action: { challenge: {} },
};

const managed = (name: string): Rule => ({
  name,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      scopeDownStatement: {
        notStatement: { statement: { orStatement: { statements: UNINSPECTED_PATHS.map(pathStartsWith) } } },
      },
    },
  },
});
