import { describe, expect, it } from 'vitest';
import { type DeployDeps, type Deployment, deployShop } from '../../../ops/deploy-shop.ts';

const WEB = {
  WebUrl: 'https://d1.cloudfront.net',
  PagesBucket: 'pages',
  DistributionId: 'E1',
  DistributionDomainName: 'd1.cloudfront.net',
};
const DOMAIN = { name: 'shop.example', certificateArn: 'arn:cert' };
const WITH_DOMAIN = { ...WEB, WebUrl: 'https://shop.example', Domain: 'shop.example', CertificateArn: 'arn:cert' };

/** An account with a web stack of these outputs before and after a deployment. */
async function deployed(
  before: Record<string, string> | undefined,
  after: Record<string, string> | undefined,
  options: Partial<Deployment> = {},
) {
  const steps: string[] = [];
  const answers = [before, after];
  const deps: DeployDeps = {
    run: async (program, args) => void steps.push([program, ...args].join(' ')),
    outputsOf: async (stack) => {
      expect(stack).toBe('settle-once-prod-web');
      return answers.shift();
    },
    publish: async ({ bucket, distributionId }) => void steps.push(`publish ${bucket} ${distributionId}`),
  };
  const result = await deployShop(deps, { stage: 'prod', context: [], yes: false, ...options });
  return { steps, result };
}

describe('a deployment', () => {
  it('builds the pages, deploys all stacks, and publishes the pages', async () => {
    const { steps, result } = await deployed(WEB, WEB);

    expect(steps).toEqual([
      'node web/build.ts',
      'cdk deploy --all --context stage=prod --parameters settle-once-prod-service:StorefrontOrigin=https://d1.cloudfront.net',
      'publish pages E1',
    ]);
    expect(result).toEqual({ url: 'https://d1.cloudfront.net' });
  });

  it('for the first time tells the functions the address once that is known', async () => {
    const { steps } = await deployed(undefined, WEB);

    expect(steps).toEqual([
      'node web/build.ts',
      expect.stringMatching(/^cdk deploy --all .*:StorefrontOrigin=https:\/\/[^/]+\.invalid$/),
      'cdk deploy settle-once-prod-service --exclusively --context stage=prod --parameters settle-once-prod-service:StorefrontOrigin=https://d1.cloudfront.net',
      'publish pages E1',
    ]);
  });

  it('with a domain of the shop’s own sends buyers there, and says where the name has to lead', async () => {
    const { steps, result } = await deployed(undefined, WITH_DOMAIN, { domain: DOMAIN });

    expect(steps[1]).toBe(
      'cdk deploy --all --context stage=prod --context domain=shop.example --context certificateArn=arn:cert --parameters settle-once-prod-service:StorefrontOrigin=https://shop.example',
    );
    expect(steps).toHaveLength(3);
    expect(result).toEqual({ url: 'https://shop.example', dnsTarget: 'd1.cloudfront.net' });
  });

  it('keeps the domain that it was told once', async () => {
    const { steps } = await deployed(WITH_DOMAIN, WITH_DOMAIN);

    expect(steps[1]).toContain('--context domain=shop.example --context certificateArn=arn:cert');
    expect(steps[1]).toContain('StorefrontOrigin=https://shop.example');
  });

  it('moves to a domain', async () => {
    const { steps } = await deployed(WEB, WITH_DOMAIN, { domain: DOMAIN });

    expect(steps[1]).toContain('StorefrontOrigin=https://shop.example');
    expect(steps).toHaveLength(3);
  });

  it('hands on further values, and asks nobody if it is told so', async () => {
    const { steps } = await deployed(undefined, WEB, { context: ['alarmEmail=ops@shop.example'], yes: true });

    for (const step of [steps[1], steps[2]]) {
      expect(step).toContain('--context alarmEmail=ops@shop.example');
      expect(step).toMatch(/--require-approval never$/);
    }
  });

  it('publishes nothing when a stack could not be deployed', async () => {
    const published: unknown[] = [];
    const deps: DeployDeps = {
      run: async (program) => {
        if (program === 'cdk') throw new Error('cdk deploy failed');
      },
      outputsOf: async () => WEB,
      publish: async (where) => void published.push(where),
    };

    await expect(deployShop(deps, { stage: 'prod', context: [], yes: false })).rejects.toThrow('cdk deploy failed');
    expect(published).toEqual([]);
  });

  it('says so when the web stack has no outputs', async () => {
    await expect(deployed(undefined, undefined)).rejects.toThrow('stack settle-once-prod-web has no outputs');
  });
});
