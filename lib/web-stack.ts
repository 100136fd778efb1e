import { CfnOutput, CfnParameter, Duration, SecretValue, Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  FunctionEventType,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestPolicy,
  OriginSslPolicy,
  PriceClass,
  S3OriginAccessControl,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ORIGIN_SECRET_HEADER } from '../src/shared/http/front-door.ts';
import { PageFunction } from './constructs/page-function.ts';
import { SecurityHeadersPolicy } from './constructs/security-headers-policy.ts';
import { originSecretName } from './names.ts';
import { API_SECURITY_HEADERS, SECURITY_HEADERS } from './security-headers.ts';
import type { ServiceStack } from './service-stack.ts';
import { removalPolicyOf, type Stage } from './stages.ts';
import { PAGES } from './web-serving.ts';

export interface WebStackProps {
  readonly stage: Stage;
  readonly service: ServiceStack;
}

/** One origin for everything: pages from a bucket, API and webhooks from the HTTP API, so no page needs CORS. */
export class WebStack extends Stack {
  constructor(scope: Construct, { stage, service }: WebStackProps) {
    super(scope, `settle-once-${stage.name}-web`, {
      description: `settle-once ${stage.name}: CloudFront distribution for pages and HTTP API`,
      terminationProtection: stage.isProtected,
    });

    const pages = new Bucket(this, 'pages', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removalPolicyOf(stage),
    });
    const apiHost = `${service.api.apiId}.execute-api.${this.region}.${this.urlSuffix}`;
    const api = {
      ...proxyTo(apiHost, stage.originCheck ? { [ORIGIN_SECRET_HEADER]: this.originSecret(stage) } : {}),
      responseHeadersPolicy: new SecurityHeadersPolicy(this, 'api-headers', {
        comment: 'Security headers of API and webhooks',
        headers: API_SECURITY_HEADERS,
      }),
    };
    const distribution = new Distribution(this, 'front-door', {
      comment: `settle-once ${stage.name}`,
      ...(stage.firewall && { webAclId: this.webAclArn() }),
      // The function below does the same; without both, `/` would list the bucket.
      defaultRootObject: PAGES['/'].slice(1),
      defaultBehavior: {
        // With LIST, S3 returns 404 for a missing file; without, 403.
        // The cast: the CDK's own types do not satisfy exactOptionalPropertyTypes.
        origin: S3BucketOrigin.withOriginAccessControl(pages as IBucket, {
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
          originAccessControl: new S3OriginAccessControl(this, 'pages-access', {
            // As the names of headers policies: with the region.
            originAccessControlName: `${this.stackName}-pages-${this.region}`,
          }),
        }),
        // TTLs come from each file's cache-control.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        responseHeadersPolicy: new SecurityHeadersPolicy(this, 'headers', {
          comment: 'Security headers of the pages',
          headers: SECURITY_HEADERS,
        }),
        functionAssociations: [
          { function: new PageFunction(this, 'page-of-path'), eventType: FunctionEventType.VIEWER_REQUEST },
        ],
      },
      additionalBehaviors: { '/api/*': api, '/webhooks/*': api },
      httpVersion: HttpVersion.HTTP2_AND_3,
      // Edge locations in North America and Europe; viewers elsewhere are served from there.
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(stage.domain && {
        domainNames: [stage.domain.name],
        certificate: Certificate.fromCertificateArn(this, 'certificate', stage.domain.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    });

    const acknowledge = (on: Construct, id: string, reason: string) => Validations.of(on).acknowledge({ id, reason });
    acknowledge(pages, 'AwsSolutions-S1', 'The bucket holds public files only, and only CloudFront can read them.');
    acknowledge(distribution, 'AwsSolutions-CFR1', 'Geographic restrictions are the shop’s decision.');
    if (!stage.firewall) {
      acknowledge(
        distribution,
        'AwsSolutions-CFR2',
        'The HTTP API is throttled, and no money moves in a stage without the firewall that prod has.',
      );
    }
    acknowledge(
      distribution,
      'AwsSolutions-CFR3',
      'Access logs would hold shoppers’ IP addresses and PayPal’s tokens; the HTTP API logs requests without them.',
    );
    acknowledge(
      distribution,
      'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'Cannot be listed: every path is mapped to a file, and no query string reaches the bucket.',
    );
    if (!stage.domain) {
      acknowledge(
        distribution,
        'AwsSolutions-CFR4',
        'The default CloudFront domain allows no minimum TLS version; with its own domain, the shop requires 1.2.',
      );
    }

    new CfnOutput(this, 'PagesBucket', { value: pages.bucketName });
    new CfnOutput(this, 'DistributionId', { value: distribution.distributionId });
    new CfnOutput(this, 'WebUrl', { value: `https://${stage.domain?.name ?? distribution.distributionDomainName}` });
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
    if (stage.domain) {
      // `npm run deploy` reads them, so that later deployments keep the domain.
      new CfnOutput(this, 'Domain', { value: stage.domain.name });
      new CfnOutput(this, 'CertificateArn', { value: stage.domain.certificateArn });
    }
  }

  /** A parameter: the firewall is in another region, so its stack cannot be referred to. */
  private webAclArn(): string {
    return new CfnParameter(this, 'WebAclArn', {
      type: 'String',
      description: 'ARN of the firewall’s web ACL',
      allowedPattern: 'arn:aws:wafv2:us-east-1:.+:global/webacl/.+',
    }).valueAsString;
  }

  /**
   * Resolved by CloudFormation, so that no template holds the secret. By version: CloudFormation does not notice that
   * a secret has changed.
   */
  private originSecret(stage: Stage): string {
    Validations.of(this).acknowledge({
      id: 'CloudFormation-Validate::W2509',
      reason: 'The parameter holds the id of a version, not the secret.',
    });
    const { valueAsString: versionId } = new CfnParameter(this, 'OriginSecretVersion', {
      type: 'String',
      description: 'Version id of the origin secret to send',
      minLength: 32,
    });
    // `npm run deploy` reads it: without it, CloudFront does not send the secret yet.
    new CfnOutput(this, 'SentOriginSecretVersion', { value: versionId });
    return SecretValue.secretsManager(originSecretName(stage.name), { versionId }).unsafeUnwrap();
  }
}

/** Forwards requests unchanged but for the host, by which API Gateway finds the API; caches nothing. */
const proxyTo = (host: string, customHeaders: Record<string, string>): BehaviorOptions => ({
  origin: new HttpOrigin(host, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    // The integration timeout of the HTTP API.
    readTimeout: Duration.seconds(30),
    customHeaders,
  }),
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  // A redirect would come after a token or body was sent in clear text, and would drop the body.
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  compress: false,
});
