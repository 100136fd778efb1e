import { describe, expect, it } from 'vitest';
import { type DeployDeps, type Deployment, deployShop, diffShop } from '../../../ops/deploy-shop.ts';

const WEB = {
  WebUrl: 'https://d1.cloudfront.net',
  PagesBucket: 'pages',
  DistributionId: 'E1',
  DistributionDomainName: 'd1.cloudfront.net',
};
const ORIGIN_PARAMETER = '--parameters settle-once-sandbox-service:StorefrontOrigin';
const DOMAIN = { name: 'shop.example', certificateArn: 'arn:cert' };
const WITH_DOMAIN = { ...WEB, WebUrl: 'https://shop.example', Domain: 'shop.example', CertificateArn: 'arn:cert' };

/** Deploys to an account whose web stack has these outputs before and after. */
async function deployWith(
  before: Record<string, string> | undefined,
  after: Record<string, string> | undefined,
  options: Partial<Deployment> = {},
) {
  const steps: string[] = [];
  const outputs = [before, after];
  const deps: DeployDeps = {
    run: async (program, args) => void steps.push([program, ...args].join(' ')),
    outputsOf: async (stack) => {
      expect(stack).toBe('settle-once-sandbox-web');
      return outputs.shift();
    },
    publish: async ({ bucket, distributionId }) => void steps.push(`publish ${bucket} ${distributionId}`),
  };
  const result = await deployShop(deps, { stage: 'sandbox', context: [], yes: false, ...options });
  return { steps, result };
}

describe('deployShop', () => {
  it('builds the pages, deploys all stacks and publishes the pages', async () => {
    const { steps, result } = await deployWith(WEB, WEB);

    expect(steps).toEqual([
      'node web/build.ts',
      `cdk deploy --all --context stage=sandbox ${ORIGIN_PARAMETER}=https://d1.cloudfront.net`,
      'publish pages E1',
    ]);
    expect(result).toEqual({ url: 'https://d1.cloudfront.net' });
  });

  it('redeploys the service stack with the URL on the first deployment', async () => {
    const { steps } = await deployWith(undefined, WEB);

    expect(steps).toEqual([
      'node web/build.ts',
      expect.stringMatching(/^cdk deploy --all .*:StorefrontOrigin=https:\/\/[^/]+\.invalid$/),
      'cdk deploy settle-once-sandbox-service --exclusively --context stage=sandbox ' +
        `${ORIGIN_PARAMETER}=https://d1.cloudfront.net`,
      'publish pages E1',
    ]);
  });

  it('uses the domain as storefront origin and returns its DNS target', async () => {
    const { steps, result } = await deployWith(undefined, WITH_DOMAIN, { domain: DOMAIN });

    expect(steps[1]).toBe(
      'cdk deploy --all --context stage=sandbox --context domain=shop.example --context certificateArn=arn:cert ' +
        `${ORIGIN_PARAMETER}=https://shop.example`,
    );
    expect(steps).toHaveLength(3);
    expect(result).toEqual({ url: 'https://shop.example', dnsTarget: 'd1.cloudfront.net' });
  });

  it('keeps the domain of the previous deployment', async () => {
    const { steps } = await deployWith(WITH_DOMAIN, WITH_DOMAIN);

    expect(steps[1]).toContain('--context domain=shop.example --context certificateArn=arn:cert');
    expect(steps[1]).toContain('StorefrontOrigin=https://shop.example');
  });

  it('switches to a domain', async () => {
    const { steps } = await deployWith(WEB, WITH_DOMAIN, { domain: DOMAIN });

    expect(steps[1]).toContain('StorefrontOrigin=https://shop.example');
    expect(steps).toHaveLength(3);
  });

  it('passes on context values and skips approval with --yes', async () => {
    const { steps } = await deployWith(undefined, WEB, { context: ['alarmEmail=ops@shop.example'], yes: true });

    for (const step of [steps[1], steps[2]]) {
      expect(step).toContain('--context alarmEmail=ops@shop.example');
      expect(step).toMatch(/--require-approval never$/);
    }
  });

  it('publishes nothing when a deployment fails', async () => {
    const published: unknown[] = [];
    const deps: DeployDeps = {
      run: async (program) => {
        if (program === 'cdk') throw new Error('cdk deploy failed');
      },
      outputsOf: async () => WEB,
      publish: async (target) => void published.push(target),
    };

    await expect(deployShop(deps, { stage: 'sandbox', context: [], yes: false })).rejects.toThrow('cdk deploy failed');
    expect(published).toEqual([]);
  });

  it.each([
    ['refuses stage prod without a domain, before it builds or deploys', undefined, false],
    ['deploys stage prod with the domain of the previous deployment', WITH_DOMAIN, true],
  ] as const)('%s', async (_, before, isDeployed) => {
    const programs: string[] = [];
    const deps: DeployDeps = {
      run: async (program) => void programs.push(program),
      outputsOf: async () => before,
      publish: async () => {},
    };

    const deployment = deployShop(deps, { stage: 'prod', context: [], yes: false });

    if (isDeployed) await deployment;
    else await expect(deployment).rejects.toThrow('pass --domain and --certificate');
    expect(programs).toEqual(isDeployed ? ['node', 'cdk'] : []);
  });

  it('throws when the web stack has no outputs', async () => {
    await expect(deployWith(undefined, undefined)).rejects.toThrow('stack settle-once-sandbox-web has no outputs');
  });
});

describe('diffShop', () => {
  it('compares the templates with the deployed stacks, with the domain of the previous deployment', async () => {
    const steps: string[] = [];

    await diffShop(
      {
        run: async (program, args) => void steps.push([program, ...args].join(' ')),
        outputsOf: async (stack) => (stack === 'settle-once-sandbox-web' ? WITH_DOMAIN : undefined),
      },
      { stage: 'sandbox', context: ['alarmEmail=ops@shop.example'], yes: true },
    );

    expect(steps).toEqual([
      'cdk diff --method template --context stage=sandbox --context domain=shop.example ' +
        '--context certificateArn=arn:cert --context alarmEmail=ops@shop.example',
    ]);
  });

  it('refuses stage prod without a domain', async () => {
    const diff = diffShop(
      { run: async () => {}, outputsOf: async () => WEB },
      { stage: 'prod', context: [], yes: false },
    );

    await expect(diff).rejects.toThrow('stage prod requires a domain');
  });
});
