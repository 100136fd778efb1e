import { describe, expect, it } from 'vitest';
import { command } from '../support/stack/command.ts';
import { seenByOperator } from '../support/stack/operator.ts';
import { type ApiResponse, shop } from '../support/stack/shop.ts';

/** Runs the command against the shop under test. */
async function operator(...args: string[]): Promise<{ readonly status: number | undefined; readonly lines: string[] }> {
  const { status, stdout, stderr } = await command('ops/operator.ts', ...args);
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

/** The status of a renewal with the cookie of a sign-in. */
async function renew({ headers }: Pick<ApiResponse, 'headers'>): Promise<number> {
  const [cookie = ''] = headers.getSetCookie();
  return (await shop('POST', '/api/v1/admin/sign-in/refresh', undefined, { cookie })).status;
}

describe('npm run operator', () => {
  it('adds an operator who must change the printed password, resets it, changes the role, and removes the operator', async () => {
    const username = `grace-${process.pid}`;
    const own = 'A-password-of-my-own-choice-1';
    const signInWith = (password: string, new_password?: string) =>
      shop('POST', '/api/v1/admin/sign-in', { username, password, new_password });

    expect((await operator('add', username, '--dry-run')).lines).toEqual([
      `would add operator ${username} with the role operator`,
    ]);
    const added = await operator('add', username, '--role', 'viewer');
    const password = added.lines.at(-1) ?? '';
    expect(added.status).toBe(0);
    expect((await operator('list')).lines).toContain(`${username}  viewer`);
    expect(JSON.parse((await operator('list', '--json')).lines.join(''))).toMatchObject({
      operators: expect.arrayContaining([username]),
      roles: { [username]: 'viewer' },
    });
    expect((await signInWith(password)).body.type).toBe('/problems/new-password-required');
    const first = await signInWith(password, own);
    expect(first.status).toBe(200);

    const again = await operator('add', username);
    expect([again.status, again.lines[0]]).toEqual([1, expect.stringContaining(`reset ${username}`)]);

    expect((await operator('role', username, 'admin')).lines).toEqual([`operator ${username} has the role admin`]);
    expect((await operator('list')).lines).toContain(`${username}  admin`);
    expect(await renew(first)).toBe(401);
    const second = await signInWith(own);

    expect((await operator('reset', username, '--dry-run')).lines).toEqual([`would reset operator ${username}`]);
    const { password: reset } = JSON.parse((await operator('reset', username, '--json')).lines.join(''));
    expect(await renew(second)).toBe(401);
    expect((await signInWith(own)).status).toBe(401);
    expect((await signInWith(reset)).body.type).toBe('/problems/new-password-required');
    const third = await signInWith(reset, own);

    expect((await operator('remove', username, '--dry-run')).lines).toEqual([`would remove operator ${username}`]);
    expect((await operator('remove', username)).status).toBe(0);
    expect(await renew(third)).toBe(401);
    expect((await operator('list')).lines.join()).not.toContain(username);
    expect((await signInWith(own)).status).toBe(401);
    for (const call of [
      ['remove', username],
      ['reset', username],
      ['role', username, 'viewer'],
    ])
      expect((await operator(...call)).status).toBe(1);

    const { body } = await seenByOperator(`/api/v1/admin/audit?target=${username}`);
    expect(body.entries.map(({ what }: { what: string }) => what)).toEqual([
      'remove-operator',
      'reset-operator',
      'set-role',
      'add-operator',
    ]);
  });

  it.each([
    [[]],
    [['add']],
    [['list', 'ada']],
    [['promote', 'ada']],
    [['role', 'ada', 'owner']],
    [['add', 'ada', '--role', 'owner']],
  ])('prints its usage for the arguments %j', async (args) => {
    const { status, lines } = await operator(...args);

    expect(status).toBe(2);
    expect(lines[0]).toContain('usage:');
  });
});
