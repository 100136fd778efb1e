import { runInNewContext } from 'node:vm';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { pageFunctionCode } from '../../../lib/constructs/page-function.ts';
import type { StageName } from '../../../lib/names.ts';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../../../lib/security-headers.ts';
import { fileFor, PAGES } from '../../../lib/web-serving.ts';
import { appOf, resourcesOf, templatesOf } from './synth.ts';

const DOMAIN = { domain: 'shop.example', certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' };

const only = (type: string) => {
  const [one, ...others] = resourcesOf('prod', type);
  expect(others).toEqual([]);
  return one?.[1].Properties;
};
const distribution = () => only('AWS::CloudFront::Distribution').DistributionConfig;
const originOf = ({ TargetOriginId }: { TargetOriginId: string }) =>
  distribution().Origins.find(({ Id }: { Id: string }) => Id === TargetOriginId);

/** The headers of a behavior's policy. */
function securityHeadersOf(behavior: { ResponseHeadersPolicyId?: { Ref: string } }): Record<string, string> {
  const policies = Object.fromEntries(resourcesOf('prod', 'AWS::CloudFront::ResponseHeadersPolicy'));
  const policy = policies[behavior.ResponseHeadersPolicyId?.Ref ?? ''];
  if (!policy) throw new Error('the behavior has no response headers policy');
  const { SecurityHeadersConfig: own, CustomHeadersConfig: other } = policy.Properties.ResponseHeadersPolicyConfig;
  const { AccessControlMaxAgeSec: maxAge, IncludeSubdomains } = own.StrictTransportSecurity;
  const custom: { Header: string; Value: string }[] = other?.Items ?? [];
  return {
    'content-security-policy': own.ContentSecurityPolicy.ContentSecurityPolicy,
    'strict-transport-security': `max-age=${maxAge}${IncludeSubdomains ? '; includeSubDomains' : ''}`,
    'x-content-type-options': own.ContentTypeOptions && 'nosniff',
    'x-frame-options': own.FrameOptions.FrameOption,
    'referrer-policy': own.ReferrerPolicy.ReferrerPolicy,
    ...Object.fromEntries(custom.map(({ Header, Value }) => [Header, Value])),
  };
}

// The first synthesis is slow on a busy machine.
const OPTIONS = { timeout: 120_000 };

describe('web stack', OPTIONS, () => {
  it('exists in every stage but local', () => {
    expect(templatesOf('local').web).toBeUndefined();
    expect(templatesOf('sandbox').web).toBeDefined();
    expect(templatesOf('prod').web).toBeDefined();
  });

  it('has the region in every name, which is unique in an account: a stage may be in two regions', () => {
    const names = ['Function', 'OriginAccessControl', 'ResponseHeadersPolicy'].flatMap((type) =>
      resourcesOf('prod', `AWS::CloudFront::${type}`).map(
        ([, { Properties }]) => Properties.Name ?? Properties[`${type}Config`].Name,
      ),
    );

    expect(names).toHaveLength(4);
    for (const name of names) expect(JSON.stringify(name)).toContain('{"Ref":"AWS::Region"}');
  });

  // Under any other policy, CloudFront caches errors of the API for 10 seconds.
  // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
  it('caches no answer of API and webhook, by the managed policy CachingDisabled', () => {
    const behaviors = distribution().CacheBehaviors.map(
      ({ PathPattern, CachePolicyId }: { PathPattern: string; CachePolicyId: string }) => [PathPattern, CachePolicyId],
    );

    expect(behaviors).toEqual([
      ['/api/*', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
      ['/webhooks/*', '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'],
    ]);
  });

  it('has an encrypted bucket that only its distribution can read, over TLS 1.2', () => {
    const bucket = only('AWS::S3::Bucket');
    expect(bucket.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.BucketEncryption).toBeDefined();

    const { Statement } = only('AWS::S3::BucketPolicy').PolicyDocument;
    const [allowed, ...others] = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow');
    expect(others).toEqual([]);
    expect(allowed).toMatchObject({
      Action: ['s3:GetObject', 's3:ListBucket'],
      Principal: { Service: 'cloudfront.amazonaws.com' },
      Condition: { StringEquals: { 'AWS:SourceArn': expect.anything() } },
    });
    const conditions = Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Deny').map(
      ({ Condition }: { Condition: unknown }) => Condition,
    );
    expect(conditions).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
    expect(originOf(distribution().DefaultCacheBehavior).OriginAccessControlId).toBeDefined();
  });

  it('serves pages over HTTPS, for GET and HEAD only', () => {
    expect(distribution().DefaultCacheBehavior).toMatchObject({
      ViewerProtocolPolicy: 'redirect-to-https',
      AllowedMethods: ['GET', 'HEAD'],
    });
  });

  it('sends the same security headers with pages as local CloudFront', () => {
    expect(securityHeadersOf(distribution().DefaultCacheBehavior)).toEqual(SECURITY_HEADERS);
  });

  it('forbids inline scripts and styles', () => {
    const policy = SECURITY_HEADERS['content-security-policy'];

    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toMatch(/unsafe-|https?:|\*/);
  });

  it('retains the bucket in prod', () => {
    expect(resourcesOf('prod', 'AWS::S3::Bucket')[0]?.[1].DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(resourcesOf('sandbox', 'AWS::S3::Bucket')[0]?.[1].DeletionPolicy).toBe('Delete');
  });
});

describe('CloudFront behaviors of API and webhooks', OPTIONS, () => {
  it('forward to the HTTP API', () => {
    const { CacheBehaviors } = distribution();

    expect(CacheBehaviors.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual([
      '/api/*',
      '/webhooks/*',
    ]);
    for (const behavior of CacheBehaviors) {
      expect(JSON.stringify(originOf(behavior).DomainName)).toContain('.execute-api.');
      expect(originOf(behavior).CustomOriginConfig).toMatchObject({
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
        OriginReadTimeout: 30,
      });
    }
  });

  it.each([0, 1])('allow every method over HTTPS, unchanged and uncached (%i)', (index) => {
    expect(distribution().CacheBehaviors[index]).toMatchObject({
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      // CachingDisabled:
      // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      // AllViewerExceptHostHeader: …/using-managed-origin-request-policies.html
      OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
      ViewerProtocolPolicy: 'https-only',
      Compress: false,
    });
  });

  it.each([0, 1])('send security headers with every response, the same as local CloudFront (%i)', (index) => {
    const headers = securityHeadersOf(distribution().CacheBehaviors[index]);

    expect(headers).toEqual(API_SECURITY_HEADERS);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
  });

  it('send the origin secret, which no template holds, by its version', () => {
    for (const behavior of distribution().CacheBehaviors) {
      expect(originOf(behavior).OriginCustomHeaders).toEqual([
        {
          HeaderName: 'x-origin-secret',
          HeaderValue: {
            'Fn::Join': [
              '',
              [
                '{{resolve:secretsmanager:settle-once/prod/origin:SecretString:::',
                { Ref: 'OriginSecretVersion' },
                '}}',
              ],
            ],
          },
        },
      ]);
    }
  });

  it('return the API’s own error responses, without error pages and functions', () => {
    expect(distribution().CustomErrorResponses).toBeUndefined();
    for (const behavior of distribution().CacheBehaviors) expect(behavior.FunctionAssociations).toBeUndefined();
  });
});

describe('origin check', OPTIONS, () => {
  const acceptedIn = (stage: StageName, context = {}) => {
    const functions = Object.values(
      Template.fromStack(appOf(stage, context).service).findResources('AWS::Lambda::Function'),
    );
    const values = functions.flatMap(({ Properties }) => Properties.Environment.Variables.ORIGIN_SECRET_HASHES ?? []);
    return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
  };
  const HASHES = { Ref: 'OriginSecretHashes' };

  it.each([
    ['local', {}, 'any'],
    ['local', { originCheck: 'on' }, HASHES],
    ['sandbox', {}, HASHES],
    ['prod', {}, HASHES],
    ['prod', { originCheck: 'off' }, 'any'],
  ] as const)('in stage %s with context %j accepts %j', (stage, context, accepted) => {
    expect(acceptedIn(stage, context)).toEqual([accepted]);
  });

  it('has a generated secret, retained in prod', () => {
    const { data } = appOf('prod');
    const secrets = Template.fromStack(data).findResources('AWS::SecretsManager::Secret', {
      Properties: { Name: 'settle-once/prod/origin' },
    });

    expect(Object.values(secrets)).toMatchObject([
      { DeletionPolicy: 'RetainExceptOnCreate', Properties: { GenerateSecretString: { PasswordLength: 64 } } },
    ]);
  });

  it('takes hashes only, and has no default', () => {
    const { service } = appOf('prod');
    const { OriginSecretHashes } = Template.fromStack(service).toJSON().Parameters;
    const pattern = new RegExp(`^${OriginSecretHashes.AllowedPattern}$`);
    const hash = 'a'.repeat(64);

    expect(OriginSecretHashes.Default).toBeUndefined();
    expect([hash, `${hash},${hash}`, 'any', '', `${hash},any`].map((value) => pattern.test(value))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('web stack with a domain', OPTIONS, () => {
  it('requires TLS 1.2', () => {
    const { web } = appOf('prod', DOMAIN);
    if (!web) throw new Error('prod has no web stack');

    Template.fromStack(web).hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        Aliases: ['shop.example'],
        ViewerCertificate: { AcmCertificateArn: DOMAIN.certificateArn, MinimumProtocolVersion: 'TLSv1.2_2021' },
      },
    });
    Template.fromStack(web).hasOutput('WebUrl', { Value: 'https://shop.example' });
  });

  it('violates no AwsSolutions rule without a stated reason', () => {
    const { app } = appOf('prod', DOMAIN);

    expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
  });

  it('throws without a certificate', () => {
    expect(() => appOf('prod', { domain: 'shop.example' })).toThrow('domain and certificateArn must be set together');
  });
});

describe('pageFunctionCode', () => {
  /** The rewritten request, or the function's own response. */
  const runAtEdge = (uri: string) =>
    runInNewContext(`${pageFunctionCode()}; handler(event)`, { event: { request: { uri, method: 'GET' } } });

  it.each([
    ...Object.keys(PAGES),
    '//',
    '/checkout/',
    '/checkout/success/',
    '/admin/payments/pay_1',
    '/admin/a.b',
    '/assets/shop-1a2b.js',
    '/icon.svg',
    '/pictures/MUG-BLUE.svg',
    '/robots.txt',
  ])('rewrites %s to the same file as local CloudFront', (path) => {
    expect(runAtEdge(path)).toMatchObject({ uri: fileFor(path) });
  });

  it.each([
    '/no/such/page',
    '/checkout/other',
    '/administration',
    '/storefront/index.html',
    '/assets',
    '/api',
    '/constructor',
    '/__proto__',
    '',
  ])('returns 404 for %s with all security headers', (path) => {
    const { statusCode, headers, body } = runAtEdge(path);

    expect(fileFor(path)).toBeUndefined();
    expect(statusCode).toBe(404);
    expect(body.data).toContain('Page not found');
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers[name]).toEqual({ value });
  });

  it('is smaller than CloudFront’s limit of 10 KB', () => {
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
    expect(Buffer.byteLength(pageFunctionCode())).toBeLessThan(10 * 1024);
  });
});
