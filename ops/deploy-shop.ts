import type { AwsStage } from './find-deployment.ts';

export interface Deployment {
  readonly stage: AwsStage;

  /** @default - that of the previous deployment, otherwise the domain name that CloudFront assigns */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  /** Additional `--context` values: `alarmEmail=…`. */
  readonly context: readonly string[];

  /** Whether to skip the approval of permission changes. */
  readonly yes: boolean;
}

export interface DeployDeps {
  /** Runs a program in the project's root folder. @throws Error when it exits with another code than 0. */
  readonly run: (program: string, args: readonly string[]) => Promise<void>;

  /** The outputs of a stack; undefined when the stack does not exist. */
  readonly outputsOf: (stack: string) => Promise<Readonly<Record<string, string>> | undefined>;

  readonly publish: (pages: { readonly bucket: string; readonly distributionId: string }) => Promise<void>;
}

export interface DeployResult {
  readonly url: string;

  /** The DNS target of the shop's own domain; undefined without one. */
  readonly dnsTarget?: string;
}

/** Matches the allowed pattern of the parameter, and never resolves. */
const PLACEHOLDER_ORIGIN = 'https://not-deployed-yet.invalid';

/**
 * Builds the pages, deploys the stacks, then publishes the pages. PayPal redirects buyers to the URL of the web stack.
 * On the first deployment that URL exists only afterwards, so the service stack is deployed a second time.
 * @throws Error when a step fails, and for stage prod without a domain; the command is safe to repeat.
 */
export async function deployShop(
  { run, outputsOf, publish }: DeployDeps,
  { stage, domain, context, yes }: Deployment,
): Promise<DeployResult> {
  const stack = (part: StackPart) => stackName(stage, part);
  const before = await outputsOf(stack('web'));
  const ownDomain = domain ?? domainOf(before);
  requireDomain(stage, ownDomain);
  await run('node', ['web/build.ts']);

  const deploy = (stacks: readonly string[], origin: string) =>
    run('cdk', [
      'deploy',
      ...stacks,
      ...contextArguments(stage, ownDomain, context),
      ...['--parameters', `${stack('service')}:StorefrontOrigin=${origin}`],
      ...(yes ? ['--require-approval', 'never'] : []),
    ]);
  const origin = ownDomain ? `https://${ownDomain.name}` : (before?.WebUrl ?? PLACEHOLDER_ORIGIN);
  await deploy(['--all'], origin);

  const { WebUrl, PagesBucket, DistributionId, DistributionDomainName } = (await outputsOf(stack('web'))) ?? {};
  if (!WebUrl || !PagesBucket || !DistributionId)
    throw new Error(`stack ${stack('web')} has no outputs WebUrl, PagesBucket and DistributionId`);
  if (WebUrl !== origin) await deploy([stack('service'), '--exclusively'], WebUrl);
  await publish({ bucket: PagesBucket, distributionId: DistributionId });
  return { url: WebUrl, ...(ownDomain && DistributionDomainName && { dnsTarget: DistributionDomainName }) };
}

/** Prints the differences between the templates and the deployed stacks. Changes nothing on AWS. */
export async function diffShop(
  { run, outputsOf }: Pick<DeployDeps, 'run' | 'outputsOf'>,
  { stage, domain, context }: Deployment,
): Promise<void> {
  const ownDomain = domain ?? domainOf(await outputsOf(stackName(stage, 'web')));
  requireDomain(stage, ownDomain);
  // The default method creates change sets.
  await run('cdk', ['diff', '--method', 'template', ...contextArguments(stage, ownDomain, context)]);
}

type StackPart = 'service' | 'web';

const stackName = (stage: AwsStage, part: StackPart): string => `settle-once-${stage}-${part}`;

const contextArguments = (stage: AwsStage, domain: Deployment['domain'], context: readonly string[]): string[] =>
  [
    `stage=${stage}`,
    ...(domain ? [`domain=${domain.name}`, `certificateArn=${domain.certificateArn}`] : []),
    ...context,
  ].flatMap((value) => ['--context', value]);

const domainOf = (outputs: Readonly<Record<string, string>> | undefined): Deployment['domain'] =>
  outputs?.Domain && outputs.CertificateArn
    ? { name: outputs.Domain, certificateArn: outputs.CertificateArn }
    : undefined;

/** A TLS version can only be required with a certificate of one's own: CloudFront's default domain accepts TLS 1.0. */
function requireDomain(stage: AwsStage, domain: Deployment['domain']): void {
  if (stage === 'prod' && !domain)
    throw new Error(
      'stage prod requires a domain of its own, as CloudFront’s accepts TLS 1.0: ' +
        'pass --domain and --certificate (docs/deploying.md, step 2), or deploy --stage sandbox',
    );
}
