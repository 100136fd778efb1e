import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';
import { SECURITY_HEADERS } from '../security-headers.ts';

/** CloudFront has a setting of its own for these; the others are custom headers. */
const {
  'content-security-policy': contentSecurityPolicy,
  'strict-transport-security': strictTransport,
  'x-content-type-options': _nosniff,
  'x-frame-options': frameOption,
  'referrer-policy': referrerPolicy,
  ...others
} = SECURITY_HEADERS;

/** `SECURITY_HEADERS` as a CloudFront response headers policy. */
export class SecurityHeadersPolicy extends ResponseHeadersPolicy {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      comment: 'Security headers of the pages',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.seconds(Number(/max-age=(\d+)/.exec(strictTransport)?.[1])),
          includeSubdomains: strictTransport.includes('includeSubDomains'),
          override: true,
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption[frameOption], override: true },
        referrerPolicy: { referrerPolicy: REFERRER_POLICIES[referrerPolicy], override: true },
      },
      customHeadersBehavior: {
        customHeaders: Object.entries(others).map(([header, value]) => ({ header, value, override: true })),
      },
    });
  }
}

const REFERRER_POLICIES = { 'no-referrer': HeadersReferrerPolicy.NO_REFERRER } as const;
