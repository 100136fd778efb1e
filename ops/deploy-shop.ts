import type { StageName } from '../lib/stages.ts';

/** What is deployed, and how. */
export interface Deployment {
  readonly stage: Exclude<StageName, 'local'>;

  /** @default - as before; at first, the name that CloudFront gives */
  readonly domain?: { readonly name: string; readonly certificateArn: string };

  /** Further values for `--context`, such as `alarmEmail=…`. */
  readonly context: readonly string[];

  /** Whether changes of permissions are made without asking. */
  readonly yes: boolean;
}

/** What a deployment needs from outside. */
export interface DeployDeps {
  /** Runs a program to its end, in the project's folder. @throws Error when it fails. */
  readonly run: (program: string, args: readonly string[]) => Promise<void>;

  /** The outputs of a stack; undefined when there is no such stack. */
  readonly outputsOf: (stack: string) => Promise<Readonly<Record<string, string>> | undefined>;

  /** Puts the built pages where the outputs of the web stack say. */
  readonly publish: (pages: { readonly bucket: string; readonly distributionId: string }) => Promise<void>;
}

/** A stage after its deployment. */
export interface DeployedShop {
  readonly url: string;

  /** What a domain of the shop's own has to lead to; undefined without one. */
  readonly domainLeadsTo?: string;
}

/** Matches what the parameter wants, and leads nowhere. */
const NOT_KNOWN_YET = 'https://not-known-yet.invalid';

/**
 * Deploys a stage: pages, stacks, then the pages to where they are read. PayPal sends buyers back to the address of the web stack; as only
 * the first deployment gets to know that, it tells the functions in a second step.
 * @throws Error when one of the steps fails; the command may be repeated.
 */
export async function deployShop(
  { run, outputsOf, publish }: DeployDeps,
  { stage, domain, context, yes }: Deployment,
): Promise<DeployedShop> {
  const stack = (part: string) => `settle-once-${stage}-${part}`;
  await run('node', ['web/build.ts']);

  const before = await outputsOf(stack('web'));
  const known = domain ?? domainIn(before);
  const deploy = (stacks: readonly string[], origin: string) =>
    run('cdk', [
      'deploy',
      ...stacks,
      ...[
        `stage=${stage}`,
        ...(known ? [`domain=${known.name}`, `certificateArn=${known.certificateArn}`] : []),
        ...context,
      ].flatMap((value) => ['--context', value]),
      ...['--parameters', `${stack('service')}:StorefrontOrigin=${origin}`],
      ...(yes ? ['--require-approval', 'never'] : []),
    ]);
  const origin = known ? `https://${known.name}` : (before?.WebUrl ?? NOT_KNOWN_YET);
  await deploy(['--all'], origin);

  const { WebUrl, PagesBucket, DistributionId, DistributionDomainName } = (await outputsOf(stack('web'))) ?? {};
  if (!WebUrl || !PagesBucket || !DistributionId) throw new Error(`the stack ${stack('web')} lacks its outputs`);
  if (WebUrl !== origin) await deploy([stack('service'), '--exclusively'], WebUrl);
  await publish({ bucket: PagesBucket, distributionId: DistributionId });
  return { url: WebUrl, ...(known && DistributionDomainName && { domainLeadsTo: DistributionDomainName }) };
}

const domainIn = (outputs: Readonly<Record<string, string>> | undefined): Deployment['domain'] =>
  outputs?.Domain && outputs.CertificateArn
    ? { name: outputs.Domain, certificateArn: outputs.CertificateArn }
    : undefined;
