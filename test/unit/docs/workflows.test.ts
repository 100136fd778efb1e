import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../../package.json' with { type: 'json' };

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly name?: string;
  readonly on?: unknown;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly 'timeout-minutes'?: number; readonly permissions?: Workflow['permissions']; readonly steps: Step[] }
    >
  >;
}

const workflows = globSync('.github/workflows/*.yml')
  .sort()
  .map((path) => [basename(path), parse(readFileSync(path, 'utf8')) as Workflow] as const);

const workflow = (name: string): Workflow => {
  const found = workflows.find(([file]) => file === name)?.[1];
  if (!found) throw new Error(`workflow not found: ${name}`);
  return found;
};
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps }) => steps);

describe('.github/workflows', () => {
  it('has the workflows for audit, CI, CodeQL, dependency review, the night and releases', () => {
    expect(workflows.map(([file]) => file)).toEqual([
      'audit.yml',
      'ci.yml',
      'codeql.yml',
      'dependency-review.yml',
      'nightly.yml',
      'release.yml',
    ]);
  });

  it('runs the repository tests on a second DynamoDB every night', () => {
    const nightly = workflow('nightly.yml');

    expect(nightly.on).toMatchObject({ schedule: [{ cron: expect.any(String) }] });
    expect(stepsOf(nightly).map(({ run }) => run)).toContain('npm run test:moto');
  });

  it.each(workflows)('gives %s a name, a trigger and read-only default permissions', (_, { name, on, permissions }) => {
    expect(name).toBeTruthy();
    expect(on).toBeTruthy();
    expect(permissions).toEqual({ contents: 'read' });
  });

  it.each(workflows)('limits the time of each job of %s', (_, { jobs }) => {
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it.each(workflows)('pins each action of %s to a major version', (_, one) => {
    const actions = stepsOf(one).flatMap(({ uses }) => uses ?? []);

    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !/^[\w.-]+\/[\w./-]+@v\d+$/.test(action))).toEqual([]);
  });

  it('lets only CodeQL and the release write, and only what each needs', () => {
    const writing = workflows.flatMap(([file, { jobs }]) =>
      Object.values(jobs).flatMap(({ permissions = {} }) =>
        Object.entries(permissions).flatMap(([scope, access]) => (access === 'read' ? [] : `${file} ${scope}`)),
      ),
    );

    expect(writing).toEqual(['codeql.yml security-events', 'release.yml contents']);
  });

  it('runs in CI exactly the test command of the README, on the whole history', () => {
    const [, command] = /^(npm \S+) +# everything that CI runs$/m.exec(readFileSync('README.md', 'utf8')) ?? [];
    const steps = stepsOf(workflow('ci.yml'));

    expect(command).toBe('npm test');
    expect(steps.flatMap(({ run }) => run ?? [])).toEqual([command]);
    expect(steps.find(({ uses }) => uses?.startsWith('actions/checkout@'))?.with).toMatchObject({ 'fetch-depth': 0 });
  });
});

describe('.github/workflows/audit.yml', () => {
  it('audits changed packages and, daily, unchanged ones', () => {
    const { on } = workflow('audit.yml');

    expect(stepsOf(workflow('audit.yml')).flatMap(({ run }) => run ?? [])).toEqual(['npm run audit']);
    expect(on).toMatchObject({
      pull_request: { paths: ['package-lock.json'] },
      schedule: [{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }],
    });
  });
});

describe('.github/dependabot.yml', () => {
  it('covers every package manifest and the workflows', () => {
    const { version, updates } = parse(readFileSync('.github/dependabot.yml', 'utf8'));
    const covered = updates.flatMap((one: { directory?: string; directories?: string[] } & Record<string, string>) =>
      (one.directories ?? [one.directory]).map((directory) => `${one['package-ecosystem']} ${directory}`),
    );
    const manifests = [
      ...globSync('{package.json,*/package.json}').map(() => 'npm /'),
      ...globSync('{local,test,ops,scripts}/**/requirements.txt').map(
        (path) => `pip /${path.replace('/requirements.txt', '')}`,
      ),
      'github-actions /',
    ];

    expect(version).toBe(2);
    expect(covered.sort()).toEqual(manifests.sort());
  });
});

describe('.nvmrc', () => {
  const major = Number(readFileSync('.nvmrc', 'utf8'));

  it('names the major version of the pinned Node.js, which package.json allows', () => {
    expect(Number(packageJson.devDependencies.node.split('.')[0])).toBe(major);
    expect(Number(/^>=(\d+)/.exec(packageJson.engines.node)?.[1])).toBeLessThanOrEqual(major);
  });

  it('is the version of the dev container', () => {
    const { image } = JSON.parse(readFileSync('.devcontainer/devcontainer.json', 'utf8'));

    expect(image).toMatch(new RegExp(`:${major}$`));
  });
});
