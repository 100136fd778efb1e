import { describe, expect, it } from 'vitest';
import { command } from '../support/stack/command.ts';
import { withoutGrant } from '../support/stack/without-grant.ts';

/** Runs the command against the shop under test. */
const verify = (...args: string[]) => command('ops/verify.ts', ...args);

describe('npm run verify', () => {
  it('finds no defect in the shop on this machine', async () => {
    const { status, stdout, stderr } = await verify();

    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^defect/m);
    expect(stdout).toMatch(/^ok +a payment begins +order \w+ created at PayPal, and left$/m);
    expect(stdout).toMatch(/^skipped +HTTPS only +not on this stage$/m);
    expect(status).toBe(0);
  });

  it('restores a table beside itself on request, and says so first', async () => {
    const { status, stdout, stderr } = await verify('--restore', 'payments');

    expect(stderr).toMatch(/^restores payments as \S+-restored: 0\.\d+ GB, \$0\.01, up to an hour$/m);
    expect(stdout).toMatch(/^ok +restore +\S+-restored had the same keys and indexes, and is deleted$/m);
    expect(status).toBe(0);
  });

  it('finds a grant that a role has lost', async () => {
    await withoutGrant('dynamodb:DeleteItem', 'sign-in', async () => {
      const { status, stdout } = await verify('--json');

      const defects = JSON.parse(stdout).filter((verdict: { status: string }) => verdict.status === 'defect');
      expect(defects).toEqual([
        { check: 'grants', status: 'defect', detail: expect.stringMatching(/dynamodb:DeleteItem of \S*signin/) },
      ]);
      expect(status).toBe(1);
    });
  });
});
