import { Aws, Duration, Stack } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import type { API_SECURITY_HEADERS, SECURITY_HEADERS } from '../security-headers.ts';

export interface SecurityHeadersPolicyProps {
  readonly comment: string;

  readonly headers: typeof SECURITY_HEADERS | typeof API_SECURITY_HEADERS;
}

/** A table of security headers as a CloudFront response headers policy. */
export class SecurityHeadersPolicy extends ResponseHeadersPolicy {
  constructor(scope: Construct, id: string, { comment, headers }: SecurityHeadersPolicyProps) {
    // CloudFront has a setting of its own for these; the others are custom headers.
    const {
      'content-security-policy': contentSecurityPolicy,
      'strict-transport-security': strictTransport,
      'x-content-type-options': _nosniff,
      'x-frame-options': frameOption,
      'referrer-policy': referrerPolicy,
      ...others
    } = headers;
    const customHeaders = Object.entries(others).map(([header, value]) => ({ header, value, override: true }));
    super(scope, id, {
      // CloudFront's names are unique in an account, and the CDK's default has no region.
      responseHeadersPolicyName: `${Stack.of(scope).stackName}-${id}-${Aws.REGION}`,
      comment,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.seconds(Number(/max-age=(\d+)/.exec(strictTransport)?.[1])),
          includeSubdomains: false,
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption[frameOption], override: true },
        referrerPolicy: { referrerPolicy: REFERRER_POLICIES[referrerPolicy], override: true },
      },
      ...(customHeaders.length > 0 && { customHeadersBehavior: { customHeaders } }),
    });
  }
}

const REFERRER_POLICIES = { 'no-referrer': HeadersReferrerPolicy.NO_REFERRER } as const;
