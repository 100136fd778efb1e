import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
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
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { PageFunction } from './constructs/page-function.ts';
import { SecurityHeadersPolicy } from './constructs/security-headers-policy.ts';
import type { ServiceStack } from './service-stack.ts';
import { removalPolicyOf, type Stage } from './stages.ts';
import { PAGES } from './web-serving.ts';

/** What the web stack is made of. */
export interface WebStackProps {
  readonly stage: Stage;
  readonly service: ServiceStack;
}

/** The shop's one address: pages from a bucket, API and webhooks from the HTTP API, so that no page needs CORS. */
export class WebStack extends Stack {
  constructor(scope: Construct, { stage, service }: WebStackProps) {
    super(scope, `settle-once-${stage.name}-web`, {
      description: `settle-once ${stage.name}: pages, and the way to the HTTP API`,
      terminationProtection: stage.retainData,
    });

    const pages = new Bucket(this, 'pages', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: removalPolicyOf(stage),
    });
    const api = throughTo(`${service.api.apiId}.execute-api.${this.region}.${this.urlSuffix}`);
    const distribution = new Distribution(this, 'front-door', {
      comment: `settle-once ${stage.name}`,
      // The function below leads there as well; this stands before the bucket's list of files, should it ever be missing.
      defaultRootObject: PAGES['/'].slice(1),
      defaultBehavior: {
        // Listing makes a file that is not there a 404; without, it would look forbidden.
        // As the CDK writes it itself; its own types do not hold where `undefined` is told from missing.
        origin: S3BucketOrigin.withOriginAccessControl(pages as IBucket, {
          originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
        }),
        // How long a file may be kept, its own cache-control says.
        cachePolicy: CachePolicy.CACHING_OPTIMIZED,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
        responseHeadersPolicy: new SecurityHeadersPolicy(this, 'headers'),
        functionAssociations: [
          { function: new PageFunction(this, 'page-of-path'), eventType: FunctionEventType.VIEWER_REQUEST },
        ],
      },
      additionalBehaviors: { '/api/*': api, '/webhooks/*': api },
      httpVersion: HttpVersion.HTTP2_AND_3,
      // North America and Europe; elsewhere it works as well, only not from next door.
      priceClass: PriceClass.PRICE_CLASS_100,
      ...(stage.domain && {
        domainNames: [stage.domain.name],
        certificate: Certificate.fromCertificateArn(this, 'certificate', stage.domain.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    });

    const acknowledge = (on: Construct, id: string, reason: string) => Validations.of(on).acknowledge({ id, reason });
    acknowledge(pages, 'AwsSolutions-S1', 'It holds public files only, and CloudFront alone reads them.');
    acknowledge(distribution, 'AwsSolutions-CFR1', 'Where the shop sells is the shop’s to say.');
    acknowledge(
      distribution,
      'AwsSolutions-CFR2',
      'The HTTP API throttles; a web application firewall costs more than a small shop, which may add one.',
    );
    acknowledge(
      distribution,
      'AwsSolutions-CFR3',
      'Its log would hold who shoppers are and PayPal’s tokens; the HTTP API logs every request without them.',
    );
    acknowledge(
      distribution,
      'Annotation::@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk',
      'The function and the default root object lead every path to a file, and no query reaches the bucket: nobody can list it.',
    );
    if (!stage.domain) {
      acknowledge(
        distribution,
        'AwsSolutions-CFR4',
        'The address that CloudFront gives takes no other setting; with a domain of its own, the shop takes TLS 1.2 at least.',
      );
    }

    new CfnOutput(this, 'PagesBucket', { value: pages.bucketName });
    new CfnOutput(this, 'DistributionId', { value: distribution.distributionId });
    new CfnOutput(this, 'WebUrl', { value: `https://${stage.domain?.name ?? distribution.distributionDomainName}` });
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
    if (stage.domain) {
      // The next deployment goes on with them, without being told again.
      new CfnOutput(this, 'Domain', { value: stage.domain.name });
      new CfnOutput(this, 'CertificateArn', { value: stage.domain.certificateArn });
    }
  }
}

/** Every request goes on as it came, but for the name of the host, which tells API Gateway which API is meant; no answer is kept. */
const throughTo = (host: string): BehaviorOptions => ({
  origin: new HttpOrigin(host, {
    protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [OriginSslPolicy.TLS_V1_2],
    // The HTTP API answers within 30 s.
    readTimeout: Duration.seconds(30),
  }),
  allowedMethods: AllowedMethods.ALLOW_ALL,
  cachePolicy: CachePolicy.CACHING_DISABLED,
  originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  // A redirect would come after a token or a body had been sent in the clear, and would lose the body.
  viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
  compress: false,
});
