import { createHash } from 'node:crypto';
import { FIREWALL_REGION, isSwitchedOn, type Settings, type SwitchedPart } from '../lib/names.ts';
import { originSecretHash } from '../src/shared/http/front-door.ts';
import { type ConcurrencyQuota, missingQuota } from './concurrency-quota.ts';
import type { AwsStage } from './find-deployment.ts';
import type { OriginSecret, OriginSecretStore, SecretVersion } from './origin-secret.ts';

export interface Deployment {
  readonly stage: AwsStage;

  /** @default - that of the previous deployment, otherwise the domain name that CloudFront assigns */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  /**
   * Additional `--context` values: `alarmEmail=…`.
   * @default - for settings, those of the previous deployment
   */
  readonly context: readonly string[];

  /** Whether to skip the approval of permission changes. */
  readonly yes: boolean;

  /**
   * Whether CloudFront gets a new origin secret.
   * @default false
   */
  readonly rotateOriginSecret?: boolean;
}

export interface DeployDeps {
  /** Runs a program in the project's root folder. @throws Error when it exits with another code than 0. */
  readonly run: (program: string, args: readonly string[]) => Promise<void>;

  /** The outputs of a stack; undefined when the stack does not exist. */
  readonly outputsOf: (stack: string, region?: string) => Promise<Readonly<Record<string, string>> | undefined>;

  readonly publish: (pages: { readonly bucket: string; readonly distributionId: string }) => Promise<void>;

  readonly originSecret: OriginSecretStore;

  readonly newSecret: () => string;

  readonly concurrencyQuota: () => Promise<ConcurrencyQuota>;

  /** Prints a line for the person who deploys. */
  readonly report: (line: string) => void;
}

export interface DeployResult {
  readonly url: string;

  /** The DNS target of the shop's own domain; undefined without one. */
  readonly dnsTarget?: string;
}

/** Matches the allowed pattern of the parameter, and never resolves. */
const PLACEHOLDER_ORIGIN = 'https://not-deployed-yet.invalid';

/**
 * Builds the pages, deploys the stacks, then publishes the pages. The first deployment of a stage takes a second pass:
 * PayPal redirects buyers to the URL of the web stack, which exists only afterwards; and until all stacks are complete
 * nothing is protected against deletion, so that a deployment that fails can be repeated.
 * @throws Error when a step fails, and for stage prod without a domain; the command is safe to repeat.
 */
export async function deployShop(deps: DeployDeps, given: Deployment): Promise<DeployResult> {
  const { run, outputsOf, publish, originSecret } = deps;
  const { stage, yes } = given;
  const stack = (part: StackPart) => stackName(stage, part);
  const [service, before] = await Promise.all([outputsOf(stack('service')), outputsOf(stack('web'))]);
  const deployment = withKeptSettings(given, service, before);
  const { domain } = deployment;
  requireDomain(stage, domain);
  await run('node', ['web/build.ts']);

  const context = [...deployment.context, ...(await withoutReservation(deps, deployment, service))];
  // The web stack is the last one.
  let protection = !before && isOn(deployment, 'protection') ? ['protection=off'] : [];
  const parameters: Record<string, string> = {};
  const deploy = (...stacks: readonly string[]) =>
    run('cdk', [
      'deploy',
      ...stacks,
      ...contextArguments(stage, domain, [...context, ...protection, ...parametersHash()]),
      ...Object.entries(parameters).flatMap(([name, value]) => ['--parameters', `${name}=${value}`]),
      ...(yes ? ['--require-approval', 'never'] : []),
    ]);
  // A published version of a function keeps its environment: another value must give another version.
  const parametersHash = () =>
    isOn(deployment, 'canary')
      ? [`parameters=${createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 16)}`]
      : [];
  const alone = (part: StackPart) => deploy(stack(part), '--exclusively');

  if (isOn(deployment, 'firewall')) {
    await alone('firewall');
    const { WebAclArn } = (await outputsOf(stack('firewall'), FIREWALL_REGION)) ?? {};
    if (!WebAclArn) throw new Error(`stack ${stack('firewall')} has no output WebAclArn`);
    parameters[`${stack('web')}:WebAclArn`] = WebAclArn;
  }
  const secret = isOn(deployment, 'originCheck') ? await secretFor(deps, deployment, () => alone('data')) : undefined;
  const accept = (...versions: readonly SecretVersion[]) => {
    parameters[`${stack('service')}:OriginSecretHashes`] = versions
      .map(({ value }) => originSecretHash(value))
      .join(',');
  };
  if (secret) {
    const { current, next } = secret;
    accept(current, ...(next ? [next] : []));
    parameters[`${stack('web')}:OriginSecretVersion`] = (deployment.rotateOriginSecret && next ? next : current).id;
    // CloudFront sends the secret before the functions require it.
    if (before && !before.SentOriginSecretVersion) await alone('web');
  }
  const origin = domain ? `https://${domain.name}` : (before?.WebUrl ?? PLACEHOLDER_ORIGIN);
  parameters[`${stack('service')}:StorefrontOrigin`] = origin;
  await deploy('--all');

  const { WebUrl, PagesBucket, DistributionId, DistributionDomainName } = (await outputsOf(stack('web'))) ?? {};
  if (!WebUrl || !PagesBucket || !DistributionId)
    throw new Error(`stack ${stack('web')} has no outputs WebUrl, PagesBucket and DistributionId`);
  parameters[`${stack('service')}:StorefrontOrigin`] = WebUrl;
  const rotated = deployment.rotateOriginSecret && secret?.next;
  if (rotated) {
    await originSecret.promote({ current: secret.current, next: rotated });
    accept(rotated);
  }
  if (protection.length > 0) {
    protection = [];
    await deploy('--all');
  } else if (rotated || WebUrl !== origin) await alone('service');
  await publish({ bucket: PagesBucket, distributionId: DistributionId });
  return { url: WebUrl, ...(domain && DistributionDomainName && { dnsTarget: DistributionDomainName }) };
}

/** The origin secret, which the data stack generates; in a rotation with a next version. */
async function secretFor(
  { originSecret, newSecret }: DeployDeps,
  { rotateOriginSecret }: Deployment,
  deployData: () => Promise<void>,
): Promise<OriginSecret> {
  if (!(await originSecret.read())) await deployData();
  // A rotation that was interrupted goes on with its version.
  if (rotateOriginSecret && !(await originSecret.read())?.next) await originSecret.prepareNext(newSecret());
  const secret = await originSecret.read();
  if (!secret) throw new Error('the data stack has no origin secret');
  return secret;
}

/** The context to deploy without reserved concurrency, if the account's quota is too small for it. */
async function withoutReservation(
  { concurrencyQuota, report }: DeployDeps,
  deployment: Deployment,
  service: Outputs,
): Promise<readonly string[]> {
  if (!isOn(deployment, 'reservedConcurrency')) return [];
  const reserved = Number(service?.ReservedConcurrency ?? 0);
  const needed = missingQuota(deployment.stage, await concurrencyQuota(), reserved);
  if (needed === undefined) return [];
  report(
    'The account’s quota of concurrent Lambda invocations is too small: deploying without reserved concurrency, so ' +
      'slow requests of shoppers can delay webhooks and settlements. Request more, then deploy again:\n' +
      '  aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 ' +
      `--desired-value ${needed}`,
  );
  return ['reservedConcurrency=missing'];
}

/** Prints the differences between the templates and the deployed stacks. Changes nothing on AWS. */
export async function diffShop(
  { run, outputsOf }: Pick<DeployDeps, 'run' | 'outputsOf'>,
  given: Deployment,
): Promise<void> {
  const { stage } = given;
  const [service, web] = await Promise.all([
    outputsOf(stackName(stage, 'service')),
    outputsOf(stackName(stage, 'web')),
  ]);
  const { domain, context } = withKeptSettings(given, service, web);
  requireDomain(stage, domain);
  // The default method creates change sets.
  await run('cdk', ['diff', '--method', 'template', ...contextArguments(stage, domain, context)]);
}

type StackPart = 'data' | 'firewall' | 'service' | 'web';

const stackName = (stage: AwsStage, part: StackPart): string => `settle-once-${stage}-${part}`;

/** Whether a part that context can switch is deployed. */
function isOn({ stage, context }: Deployment, part: SwitchedPart): boolean {
  const given = context.findLast((value) => value.startsWith(`${part}=`));
  return isSwitchedOn(stage, part, given?.slice(part.length + 1));
}

const contextArguments = (stage: AwsStage, domain: Deployment['domain'], context: readonly string[]): string[] =>
  [
    `stage=${stage}`,
    ...(domain ? [`domain=${domain.name}`, `certificateArn=${domain.certificateArn}`] : []),
    ...context,
  ].flatMap((value) => ['--context', value]);

type Outputs = Readonly<Record<string, string>> | undefined;

/** The deployment with the settings that the previous one kept, where it has no others. */
function withKeptSettings(deployment: Deployment, service: Outputs, web: Outputs): Deployment {
  const { domain, certificateArn, ...kept }: Settings = {
    // The domain of a deployment of 0.1.0.
    ...(web?.Domain && web.CertificateArn && { domain: web.Domain, certificateArn: web.CertificateArn }),
    ...JSON.parse(service?.Settings ?? '{}'),
  };
  const given = deployment.context.map((value) => value.replace(/=.*/s, ''));
  return {
    ...(domain && certificateArn && { domain: { name: domain, certificateArn } }),
    ...deployment,
    context: [
      ...Object.entries(kept).flatMap(([name, value]) => (given.includes(name) ? [] : [`${name}=${value}`])),
      ...deployment.context,
    ],
  };
}

/** A TLS version can only be required with a certificate of one's own: CloudFront's default domain accepts TLS 1.0. */
function requireDomain(stage: AwsStage, domain: Deployment['domain']): void {
  if (stage === 'prod' && !domain)
    throw new Error(
      'stage prod requires a domain of its own, as CloudFront’s accepts TLS 1.0: ' +
        'pass --domain and --certificate (docs/deploying.md, step 2), or deploy --stage sandbox',
    );
}
