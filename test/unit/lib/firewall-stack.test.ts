import { describe, expect, it } from 'vitest';
import { STAGE_NAMES } from '../../../lib/names.ts';
import { appOf, resourcesOf } from './synth.ts';

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  /** Untyped: a wrong path fails the test. */
  readonly Statement: ReturnType<typeof JSON.parse>;
  readonly Action?: object;
}

const [[, webAcl] = []] = resourcesOf('prod', 'AWS::WAFv2::WebACL');
const rules: readonly Rule[] = webAcl?.Properties.Rules;
const ruleOf = (name: string) => {
  const rule = rules.find(({ Name }) => Name === name);
  if (!rule) throw new Error(`no rule ${name}`);
  return rule;
};
const managedRules = rules.filter(({ Statement }) => Statement.ManagedRuleGroupStatement);

const NORMALIZED = [
  { Priority: 0, Type: 'URL_DECODE' },
  { Priority: 1, Type: 'NORMALIZE_PATH' },
];
const pathStartsWith = (path: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'STARTS_WITH',
    SearchString: path,
    TextTransformations: NORMALIZED,
  },
});

const ROUTES = [
  ['sessions', '/api/v1/checkout-sessions'],
  ['payments', '/api/v1/payments'],
  ['sign-in', '/api/v1/admin/sign-in'],
] as const;

describe('firewall', () => {
  it('is deployed in us-east-1, for CloudFront, in stage prod only', () => {
    const stacks = STAGE_NAMES.map((stage) => appOf(stage).firewall?.region);

    expect(stacks).toEqual([undefined, undefined, 'us-east-1']);
    expect(webAcl?.Properties.Scope).toBe('CLOUDFRONT');
  });

  it.each([
    ['prod', 'off', false],
    ['sandbox', 'on', true],
    // Nothing to protect: local/cloudfront.ts stands in for CloudFront.
    ['local', 'on', false],
  ] as const)('in stage %s with context firewall=%s: %j', (stage, firewall, exists) => {
    expect(appOf(stage, { firewall }).firewall !== undefined).toBe(exists);
  });

  it('is attached to the distribution', () => {
    const [[, distribution] = []] = resourcesOf('prod', 'AWS::CloudFront::Distribution');

    expect(distribution?.Properties.DistributionConfig.WebACLId).toEqual({ Ref: 'WebAclArn' });
  });

  it('allows what no rule matches', () => {
    expect(webAcl?.Properties.DefaultAction).toEqual({ Allow: {} });
  });

  it('keeps no samples of requests, which have addresses and tokens', () => {
    for (const { VisibilityConfig } of [webAcl?.Properties, ...(webAcl?.Properties.Rules ?? [])])
      expect(VisibilityConfig.SampledRequestsEnabled).toBe(false);
  });
});

describe.each(ROUTES)('firewall: %s', (route, path) => {
  const [block, challenge] = [ruleOf(`block-${route}`), ruleOf(`challenge-${route}`)];

  it.each([block, challenge])('counts POST requests of an address in any encoding of the path ($Name)', (rule) => {
    expect(rule.Statement.RateBasedStatement).toMatchObject({
      AggregateKeyType: 'IP',
      EvaluationWindowSec: 300,
      ScopeDownStatement: {
        AndStatement: {
          Statements: [
            pathStartsWith(path),
            {
              ByteMatchStatement: {
                FieldToMatch: { Method: {} },
                PositionalConstraint: 'EXACTLY',
                SearchString: 'POST',
              },
            },
          ],
        },
      },
    });
  });

  it('challenges browsers silently before it blocks with 429', () => {
    expect(challenge.Action).toEqual({ Challenge: {} });
    expect(block.Action).toMatchObject({ Block: { CustomResponse: { ResponseCode: 429 } } });
    expect(challenge.Statement.RateBasedStatement.Limit).toBeLessThan(block.Statement.RateBasedStatement.Limit);
  });

  it('counts challenged requests towards the block', () => {
    expect(block.Priority).toBeLessThan(challenge.Priority);
  });
});

it.each([
  ['sessions', 5],
  ['payments', 5],
])('firewall admits 200 shoppers behind one address to %s, each with %i requests in five minutes', (route, each) => {
  expect(ruleOf(`challenge-${route}`).Statement.RateBasedStatement.Limit).toBeGreaterThanOrEqual(200 * each);
});

it('firewall challenges a page that asks for it', () => {
  const { Statement, Action } = ruleOf('challenge-page');

  expect(Action).toEqual({ Challenge: {} });
  expect(Statement.ByteMatchStatement).toMatchObject({
    FieldToMatch: { SingleQueryArgument: { Name: 'challenge' } },
    SearchString: 'required',
  });
});

describe('AWS’s managed rules', () => {
  it('are the common rules and the known bad inputs, with their own actions', () => {
    expect(managedRules.map(({ Statement }) => Statement.ManagedRuleGroupStatement)).toMatchObject([
      { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' },
      { VendorName: 'AWS', Name: 'AWSManagedRulesKnownBadInputsRuleSet' },
    ]);
    for (const rule of managedRules) expect(rule).toMatchObject({ OverrideAction: { None: {} } });
  });

  it.each(managedRules)('do not inspect webhooks and admin routes ($Name)', ({ Statement }) => {
    expect(Statement.ManagedRuleGroupStatement.ScopeDownStatement).toEqual({
      NotStatement: {
        Statement: {
          OrStatement: { Statements: [pathStartsWith('/webhooks/paypal'), pathStartsWith('/api/v1/admin/')] },
        },
      },
    });
  });

  it('are the only rules that see webhooks, but for the challenge of pages', () => {
    const others = rules.filter((rule) => !managedRules.includes(rule) && rule.Name !== 'challenge-page');
    const paths = others.map(
      ({ Statement }) =>
        Statement.RateBasedStatement.ScopeDownStatement.AndStatement.Statements[0].ByteMatchStatement.SearchString,
    );

    expect(paths).toHaveLength(6);
    expect(paths.filter((path) => '/webhooks/paypal'.startsWith(path))).toEqual([]);
  });
});
