import { describe, expect, it } from 'vitest';
import { RESERVED_CONCURRENCY, totalOf } from '../../../lib/reserved-concurrency.ts';
import type { ConcurrencyQuota } from '../../../ops/concurrency-quota.ts';
import { type DeployDeps, type Deployment, deployShop, diffShop } from '../../../ops/deploy-shop.ts';
import type { OriginSecret } from '../../../ops/origin-secret.ts';
import { originSecretHash } from '../../../src/shared/http/front-door.ts';

const WEB = {
  WebUrl: 'https://d1.cloudfront.net',
  PagesBucket: 'pages',
  DistributionId: 'E1',
  DistributionDomainName: 'd1.cloudfront.net',
};
const ORIGIN_PARAMETER = '--parameters settle-once-sandbox-service:StorefrontOrigin';
const DOMAIN = { name: 'shop.example', certificateArn: 'arn:cert' };
const WITH_DOMAIN = { ...WEB, WebUrl: 'https://shop.example', Domain: 'shop.example', CertificateArn: 'arn:cert' };

const FIREWALL = { WebAclArn: 'arn:acl' };
const CURRENT = { id: 'version-1', value: 'current-secret' };
const NEXT = { id: 'version-2', value: 'next-secret' };
const hashes = (...values: readonly { readonly value: string }[]) =>
  `settle-once-sandbox-service:OriginSecretHashes=${values.map(({ value }) => originSecretHash(value)).join(',')}`;
const sends = ({ id }: { readonly id: string }) => `settle-once-sandbox-web:OriginSecretVersion=${id}`;

interface Account {
  /** Outputs of the web stack before and after the deployment. */
  readonly before?: Record<string, string> | undefined;
  readonly after?: Record<string, string> | undefined;
  readonly service?: Record<string, string>;
  /** Undefined: the data stack is not deployed. */
  readonly secret?: OriginSecret | undefined;
  readonly quota?: ConcurrencyQuota;
}

/** Deploys to an account; the steps are everything that changes it. */
async function deployTo(
  { before, after, service, secret: stored, quota = { quota: 1000, unreserved: 1000 } }: Account,
  options: Partial<Deployment> = {},
) {
  const stage = options.stage ?? 'sandbox';
  const steps: string[] = [];
  const lines: string[] = [];
  const reads: string[] = [];
  const outputs = [before, after];
  let secret = stored;
  const deps: DeployDeps = {
    run: async (program, args) => {
      steps.push([program, ...args].join(' '));
      if (args.includes('settle-once-sandbox-data')) secret = { current: CURRENT };
    },
    outputsOf: async (stack, region) => {
      reads.push(stack);
      if (stack === 'settle-once-sandbox-firewall') return region === 'us-east-1' ? FIREWALL : undefined;
      if (stack === `settle-once-${stage}-service`) return service;
      expect(stack).toBe(`settle-once-${stage}-web`);
      return outputs.shift();
    },
    publish: async ({ bucket, distributionId }) => void steps.push(`publish ${bucket} ${distributionId}`),
    originSecret: {
      read: async () => secret,
      prepareNext: async (value) => {
        steps.push('prepare the next secret');
        secret = { current: CURRENT, next: { ...NEXT, value } };
      },
      promote: async ({ next }) => {
        steps.push('promote the next secret');
        secret = { current: next };
      },
    },
    newSecret: () => NEXT.value,
    concurrencyQuota: async () => quota,
    report: (line) => void lines.push(line),
  };
  const result = await deployShop(deps, { stage, context: [], yes: false, ...options });
  return { steps, lines, reads, result };
}

/** Without firewall and origin check. */
const PLAIN = ['firewall=off', 'originCheck=off'];
const deployWith = (
  before: Record<string, string> | undefined,
  after: Record<string, string> | undefined,
  { context = [], ...options }: Partial<Deployment> = {},
) => deployTo({ before, after }, { ...options, context: [...PLAIN, ...context] });
const PLAIN_CONTEXT = '--context firewall=off --context originCheck=off';

describe('deployShop', () => {
  it('builds the pages, deploys all stacks and publishes the pages', async () => {
    const { steps, result } = await deployWith(WEB, WEB);

    expect(steps).toEqual([
      'node web/build.ts',
      `cdk deploy --all --context stage=sandbox ${PLAIN_CONTEXT} ${ORIGIN_PARAMETER}=https://d1.cloudfront.net`,
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
        `${PLAIN_CONTEXT} ${ORIGIN_PARAMETER}=https://d1.cloudfront.net`,
      'publish pages E1',
    ]);
  });

  it('uses the domain as storefront origin and returns its DNS target', async () => {
    const { steps, result } = await deployWith(undefined, WITH_DOMAIN, { domain: DOMAIN });

    expect(steps[1]).toBe(
      'cdk deploy --all --context stage=sandbox --context domain=shop.example --context certificateArn=arn:cert ' +
        `${PLAIN_CONTEXT} ${ORIGIN_PARAMETER}=https://shop.example`,
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
    const fail = () => Promise.reject(new Error('not called'));
    const deps: DeployDeps = {
      run: async (program) => {
        if (program === 'cdk') throw new Error('cdk deploy failed');
      },
      outputsOf: async () => WEB,
      publish: async (target) => void published.push(target),
      originSecret: { read: fail, prepareNext: fail, promote: fail },
      newSecret: () => '',
      concurrencyQuota: async () => ({ quota: 1000, unreserved: 1000 }),
      report: () => undefined,
    };

    await expect(deployShop(deps, { stage: 'sandbox', context: PLAIN, yes: false })).rejects.toThrow(
      'cdk deploy failed',
    );
    expect(published).toEqual([]);
  });

  it.each([
    ['refuses stage prod without a domain, before it builds or deploys', undefined, false],
    ['deploys stage prod with the domain of the previous deployment', WITH_DOMAIN, true],
  ] as const)('%s', async (_, before, isDeployed) => {
    const deployment = deployTo({ before, after: before }, { stage: 'prod', context: PLAIN });

    if (isDeployed) expect((await deployment).steps[1]).toContain('cdk deploy --all --context stage=prod');
    else await expect(deployment).rejects.toThrow('pass --domain and --certificate');
  });

  it('protects stage prod against deletion once its first deployment is complete', async () => {
    const { steps } = await deployTo(
      { before: undefined, after: WITH_DOMAIN },
      { stage: 'prod', domain: DOMAIN, context: PLAIN },
    );

    expect(steps.filter((step) => step.startsWith('cdk'))).toEqual([
      expect.stringMatching(/^cdk deploy --all .*--context protection=off/),
      expect.stringMatching(/^cdk deploy --all (?!.*protection)/),
    ]);
  });

  it('publishes new versions of the canaries of prod when the value of a parameter changes', async () => {
    const deployed = async (domain: Deployment['domain']) => {
      const web = { ...WITH_DOMAIN, WebUrl: `https://${domain?.name}` };
      const { steps } = await deployTo(
        { before: web, after: web },
        { stage: 'prod', context: PLAIN, ...(domain && { domain }) },
      );
      return /--context parameters=(\w{16}) /.exec(steps[1] ?? '')?.[1];
    };

    expect(await deployed(DOMAIN)).toBeTruthy();
    expect(await deployed(DOMAIN)).toBe(await deployed(DOMAIN));
    expect(await deployed({ ...DOMAIN, name: 'other.example' })).not.toBe(await deployed(DOMAIN));
  });

  it('protects nothing that fails, and leaves a protected stage protected', async () => {
    const { steps } = await deployTo({ before: WITH_DOMAIN, after: WITH_DOMAIN }, { stage: 'prod', context: PLAIN });

    expect(steps.join()).not.toContain('protection');
    expect(steps).toHaveLength(3);
  });

  it('reads the outputs of the service stack once', async () => {
    const { reads } = await deployTo({ before: WITH_DOMAIN, after: WITH_DOMAIN }, { stage: 'prod', context: PLAIN });

    expect(reads.filter((stack) => stack === 'settle-once-prod-service')).toHaveLength(1);
  });

  it('throws for a part neither on nor off', async () => {
    await expect(deployWith(WEB, WEB, { context: ['canary=true'] })).rejects.toThrow('invalid canary "true"');
  });

  it('throws when the web stack has no outputs', async () => {
    await expect(deployWith(undefined, undefined)).rejects.toThrow('stack settle-once-sandbox-web has no outputs');
  });
});

describe('the settings of the previous deployment', () => {
  const settings = (values: object) => ({ service: { Settings: JSON.stringify(values) } });
  const deployAgain = (kept: object, options: Partial<Deployment> = {}) =>
    deployTo({ before: WEB, after: WEB, ...settings({ firewall: 'off', originCheck: 'off', ...kept }) }, options);

  it('are kept', async () => {
    const { steps } = await deployAgain({ alarmEmail: 'ops@shop.example', totp: 'on' });

    expect(steps[1]).toBe(
      `cdk deploy --all --context stage=sandbox ${PLAIN_CONTEXT} --context alarmEmail=ops@shop.example ` +
        `--context totp=on ${ORIGIN_PARAMETER}=https://d1.cloudfront.net`,
    );
  });

  it('give way to those of this deployment, and end with an empty one', async () => {
    const { steps } = await deployAgain(
      { alarmEmail: 'ops@shop.example', totp: 'on' },
      { context: ['alarmEmail=', 'totp=off'] },
    );

    expect(steps[1]).toContain(`${PLAIN_CONTEXT} --context alarmEmail= --context totp=off --parameters`);
  });

  it('go back to the default with an empty one', async () => {
    const { steps } = await deployTo(
      { before: WEB, after: WEB, secret: { current: CURRENT }, ...settings({ originCheck: 'off' }) },
      { context: ['originCheck='] },
    );

    expect(steps.join()).toContain(hashes(CURRENT));
  });

  it('include the domain', async () => {
    const { steps } = await deployAgain({ domain: 'kept.example', certificateArn: 'arn:kept' });

    expect(steps[1]).toContain('--context domain=kept.example --context certificateArn=arn:kept');
    expect(
      (await deployAgain({ domain: 'kept.example', certificateArn: 'arn:kept' }, { domain: DOMAIN })).steps[1],
    ).toContain('--context domain=shop.example --context certificateArn=arn:cert --context firewall=off');
  });
});

describe('deployShop with origin check', () => {
  const options = { context: ['firewall=off'] };
  const SENT = { ...WEB, SentOriginSecretVersion: CURRENT.id };

  it('deploys the data stack first when there is no secret yet', async () => {
    const { steps } = await deployTo({ before: undefined, after: SENT }, options);

    expect(steps.slice(1, 3)).toEqual([
      expect.stringMatching(/^cdk deploy settle-once-sandbox-data --exclusively/),
      expect.stringMatching(/^cdk deploy --all/),
    ]);
    expect(steps[2]).toContain(hashes(CURRENT));
    expect(steps[2]).toContain(sends(CURRENT));
  });

  it('passes on hashes and versions, and never the secret', async () => {
    const { steps } = await deployTo({ before: SENT, after: SENT, secret: { current: CURRENT } }, options);

    expect(steps).toHaveLength(3);
    expect(steps[1]).toContain(hashes(CURRENT));
    expect(steps.join()).not.toContain(CURRENT.value);
  });

  it('has CloudFront send the secret before the functions of an older deployment require it', async () => {
    const { steps } = await deployTo({ before: WEB, after: SENT, secret: { current: CURRENT } }, options);

    expect(steps.slice(1, 3)).toEqual([
      expect.stringMatching(/^cdk deploy settle-once-sandbox-web --exclusively/),
      expect.stringMatching(/^cdk deploy --all/),
    ]);
    expect(steps[1]).toContain(sends(CURRENT));
  });

  it('rotates the secret: both accepted, the next one sent, then only that accepted', async () => {
    const { steps } = await deployTo(
      { before: SENT, after: SENT, secret: { current: CURRENT } },
      { ...options, rotateOriginSecret: true },
    );

    expect(steps.slice(1)).toEqual([
      'prepare the next secret',
      expect.stringMatching(/^cdk deploy --all/),
      'promote the next secret',
      expect.stringMatching(/^cdk deploy settle-once-sandbox-service --exclusively/),
      'publish pages E1',
    ]);
    expect(steps[2]).toContain(hashes(CURRENT, NEXT));
    expect(steps[2]).toContain(sends(NEXT));
    expect(steps[4]).toContain(`${hashes(NEXT)} `);
  });

  it('goes on with the next secret of a rotation that was interrupted', async () => {
    const { steps } = await deployTo(
      { before: SENT, after: SENT, secret: { current: CURRENT, next: NEXT } },
      { ...options, rotateOriginSecret: true },
    );

    expect(steps).not.toContain('prepare the next secret');
    expect(steps[1]).toContain(sends(NEXT));
  });

  it('accepts both secrets in a deployment after a rotation that was interrupted', async () => {
    const { steps } = await deployTo({ before: SENT, after: SENT, secret: { current: CURRENT, next: NEXT } }, options);

    expect(steps).toHaveLength(3);
    expect(steps[1]).toContain(hashes(CURRENT, NEXT));
    expect(steps[1]).toContain(sends(CURRENT));
  });
});

describe('deployShop with firewall', () => {
  const ACL = 'settle-once-sandbox-web:WebAclArn=arn:acl';

  it('deploys the firewall in us-east-1 first, and attaches it to the distribution', async () => {
    const { steps } = await deployTo({ before: WEB, after: WEB }, { context: ['firewall=on', 'originCheck=off'] });

    expect(steps[1]).toMatch(/^cdk deploy settle-once-sandbox-firewall --exclusively/);
    expect(steps[2]).toContain(`--parameters ${ACL}`);
  });

  it('is off with context, of which the last value counts', async () => {
    const { steps } = await deployTo({ before: WEB, after: WEB }, { context: ['firewall=on', ...PLAIN] });

    expect(steps.join()).not.toMatch(/-firewall|WebAclArn/);
  });
});

describe('deployShop with reserved concurrency', () => {
  const wanted = totalOf(RESERVED_CONCURRENCY.prod);
  const deployWithin = (quota: ConcurrencyQuota, reserved?: number) =>
    deployTo(
      {
        before: WITH_DOMAIN,
        after: WITH_DOMAIN,
        quota,
        ...(reserved && { service: { ReservedConcurrency: String(reserved) } }),
      },
      { stage: 'prod', context: PLAIN },
    );

  it.each([
    ['exactly fits', { quota: wanted + 100, unreserved: wanted + 100 }, undefined],
    ['has the reservations of the previous deployment', { quota: wanted + 100, unreserved: 100 }, wanted],
  ])('deploys it when the quota %s', async (_, quota, reserved) => {
    const { steps, lines } = await deployWithin(quota, reserved);

    expect(lines).toEqual([]);
    expect(steps.join()).not.toContain('reservedConcurrency');
  });

  it.each([
    ['one too small', { quota: wanted + 99, unreserved: wanted + 99 }, wanted + 100],
    ['that of a new account', { quota: 10, unreserved: 10 }, wanted + 100],
    ['reserved by other functions', { quota: 1000, unreserved: 100 }, 1000 + wanted],
  ])('deploys without it and names the quota request when the quota is %s', async (_, quota, desired) => {
    const { steps, lines } = await deployWithin(quota);

    expect(steps[1]).toContain('--context reservedConcurrency=missing');
    expect(lines.join()).toContain(`--quota-code L-B99A9384 --desired-value ${desired}`);
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
