import { describe, expect, inject, it } from 'vitest';
import { command } from '../support/stack/command.ts';
import { seenByOperator } from '../support/stack/operator.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { type ApiResponse, shop } from '../support/stack/shop.ts';

/** Runs the command against the shop under test. */
async function operator(...args: string[]): Promise<{ readonly status: number | undefined; readonly lines: string[] }> {
  const { status, stdout, stderr } = await command('ops/operator.ts', ...args);
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

const { user_pool_id } = inject('stack').operator;
const OWN = 'A-password-of-my-own-choice-1';

const signInWith = (username: string, password: string, new_password?: string) =>
  shop('POST', '/api/v1/admin/sign-in', { username, password, new_password });

/** The actions of which an operator is the object, newest first. */
async function auditOf(username: string): Promise<string[]> {
  const { body } = await seenByOperator(`/api/v1/admin/audit?target=${username}`);
  return body.entries.map(({ what }: { what: string }) => what);
}

/** The status of a renewal with the cookie of a sign-in. */
async function renew({ headers }: Pick<ApiResponse, 'headers'>): Promise<number> {
  const [cookie = ''] = headers.getSetCookie();
  return (await shop('POST', '/api/v1/admin/sign-in/refresh', undefined, { cookie })).status;
}

describe('npm run operator', () => {
  it('adds an operator who must change the printed password, and refuses an existing one', async () => {
    const username = `grace-${process.pid}`;

    const added = await operator('add', username, '--role', 'viewer');
    const password = added.lines.at(-1) ?? '';
    expect(added.status).toBe(0);
    expect((await signInWith(username, password)).body.type).toBe('/problems/new-password-required');
    expect((await signInWith(username, password, OWN)).status).toBe(200);

    const again = await operator('add', username);
    expect([again.status, again.lines[0]]).toEqual([1, expect.stringContaining(`reset ${username}`)]);
    expect((await operator('list')).lines).toContain(`${username}  viewer`);
    expect(JSON.parse((await operator('list', '--json')).lines.join(''))).toMatchObject({
      operators: expect.arrayContaining([username]),
      roles: { [username]: 'viewer' },
    });
    expect(await auditOf(username)).toEqual(['add-operator']);
  });

  it('resets an operator, which ends all sessions', async () => {
    const username = await newOperator(user_pool_id, 'operator');
    const session = await signInWith(username, PASSWORD);

    expect((await operator('reset', username, '--dry-run')).lines).toEqual([`would reset operator ${username}`]);
    expect(await renew(session)).toBe(200);
    const { password } = JSON.parse((await operator('reset', username, '--json')).lines.join(''));

    expect(await renew(session)).toBe(401);
    expect((await signInWith(username, PASSWORD)).status).toBe(401);
    expect((await signInWith(username, password)).body.type).toBe('/problems/new-password-required');
    expect((await signInWith(username, password, OWN)).status).toBe(200);
    expect(await auditOf(username)).toEqual(['reset-operator']);
  });

  it('changes the role of an operator, which ends all sessions', async () => {
    const username = await newOperator(user_pool_id, 'operators');
    const session = await signInWith(username, PASSWORD);

    expect((await operator('role', username, 'viewer')).lines).toEqual([`operator ${username} has the role viewer`]);

    expect(await renew(session)).toBe(401);
    expect((await operator('list')).lines).toContain(`${username}  viewer`);
    expect((await signInWith(username, PASSWORD)).status).toBe(200);
    expect(await auditOf(username)).toEqual(['set-role']);
  });

  it('removes an operator, which ends all sessions', async () => {
    const username = await newOperator(user_pool_id, 'operator');
    const session = await signInWith(username, PASSWORD);

    expect((await operator('remove', username, '--dry-run')).lines).toEqual([`would remove operator ${username}`]);
    expect((await operator('remove', username)).status).toBe(0);

    expect(await renew(session)).toBe(401);
    expect((await signInWith(username, PASSWORD)).status).toBe(401);
    expect((await operator('list')).lines.join()).not.toContain(username);
    expect(await auditOf(username)).toEqual(['remove-operator']);
  });

  it.each([
    ['remove', []],
    ['reset', []],
    ['role', ['viewer']],
  ])('exits with 1 for %s of an unknown operator', async (name, more) => {
    expect(await operator(name, 'unknown', ...more)).toEqual({ status: 1, lines: ['operator unknown not found'] });
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
