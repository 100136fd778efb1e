import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, inject, it } from 'vitest';
import { newApiKey } from '../../src/access/api-key.ts';
import { apiKeyRepository } from '../../src/access/api-key-repository.ts';
import { refundLimitRepository } from '../../src/access/refund-limit-repository.ts';
import { sessionRepository } from '../../src/access/session-repository.ts';
import { dynamo, everythingIn } from '../support/stack/aws.ts';

const { access } = inject('aws').tables;
const apiKeys = apiKeyRepository(dynamo, access);
const limits = refundLimitRepository(dynamo, access);
const sessions = sessionRepository(dynamo, access);
const at = new Date('2026-06-01T12:00:00.000Z');
let names = 0;
/** Tests share the table. */
const newName = () => `caller-${process.pid}-${++names}`;

const newKey = async () => {
  const secret = newApiKey('local');
  const key = await apiKeys.create(secret, {
    name: newName(),
    scopes: ['events:read'],
    created_at: at.toISOString(),
    created_by: 'ada',
  });
  return { secret, key };
};

describe('apiKeyRepository', () => {
  it('finds a key by its secret, of which only the hash is stored', async () => {
    const { secret, key } = await newKey();

    expect(await apiKeys.find(secret)).toEqual(key);
    expect(await apiKeys.find(newApiKey('local'))).toBeUndefined();
    expect(JSON.stringify(await everythingIn('access'))).not.toContain(secret);
  });

  it('does not find a revoked key, and lists it with the time of its first revocation', async () => {
    const { secret, key } = await newKey();

    expect(await apiKeys.revoke(key.id, at)).toBe(true);
    expect(await apiKeys.revoke(key.id, new Date())).toBe(true);

    expect(await apiKeys.find(secret)).toBeUndefined();
    expect(await apiKeys.list()).toContainEqual({ ...key, revoked_at: at.toISOString() });
  });

  it('revokes no unknown key', async () => {
    expect(await apiKeys.revoke(`key_${'0'.repeat(24)}`, at)).toBe(false);
  });

  it('records uses at most hourly', async () => {
    const { secret, key } = await newKey();
    await apiKeys.recordUse(key, at);
    const used = (await apiKeys.find(secret)) ?? key;
    await apiKeys.recordUse(used, new Date(at.getTime() + 3_599_000));
    expect(await apiKeys.find(secret)).toMatchObject({ last_used_at: at.toISOString() });

    await apiKeys.recordUse(used, new Date(at.getTime() + 3_600_000));

    expect(await apiKeys.find(secret)).toMatchObject({ last_used_at: '2026-06-01T13:00:00.000Z' });
  });
});

describe('refundLimitRepository', () => {
  const refundOf = (caller: string, minor: number, request: string, changes = {}) => ({
    caller,
    amount: { currency: 'EUR', minor },
    request,
    at,
    ...changes,
  });

  it('counts refunds up to the limit, each once', async () => {
    const caller = newName();

    expect(await limits.count(refundOf(caller, 600, 'a'), 1000)).toBe('counted');
    expect(await limits.count(refundOf(caller, 600, 'a'), 1000)).toBe('before');
    expect(await limits.count(refundOf(caller, 401, 'b'), 1000)).toEqual({ left: 400 });
    expect(await limits.count(refundOf(caller, 400, 'c'), 1000)).toBe('counted');
    expect(await limits.count(refundOf(caller, 1, 'd'), 1000)).toEqual({ left: 0 });
  });

  it('refuses a first refund above the limit', async () => {
    expect(await limits.count(refundOf(newName(), 1001, 'a'), 1000)).toEqual({ left: 1000 });
  });

  it('admits one of two refunds at the same time that exceed the limit together', async () => {
    const caller = newName();
    const results = await Promise.all(['a', 'b', 'c'].map((one) => limits.count(refundOf(caller, 600, one), 1000)));

    expect(results.filter((result) => result === 'counted')).toHaveLength(1);
  });

  it('counts each day and currency apart', async () => {
    const caller = newName();
    await limits.count(refundOf(caller, 1000, 'a'), 1000);

    for (const changes of [{ at: new Date('2026-06-02T00:00:00.000Z') }, { amount: { currency: 'USD', minor: 1000 } }])
      expect(await limits.count(refundOf(caller, 1000, 'b', changes), 1000)).toBe('counted');
    expect(await limits.count(refundOf(caller, 1, 'b', { at: new Date('2026-06-01T23:59:59.999Z') }), 1000)).toEqual({
      left: 0,
    });
  });

  it('takes a refund back once', async () => {
    const caller = newName();
    await limits.count(refundOf(caller, 600, 'a'), 1000);

    for (let i = 0; i < 2; i++) await limits.discount(refundOf(caller, 600, 'a'));

    expect(await limits.count(refundOf(caller, 1000, 'b'), 1000)).toBe('counted');
    expect(await limits.count(refundOf(caller, 1, 'c'), 1000)).toEqual({ left: 0 });
  });

  it('expires counts', async () => {
    const caller = newName();
    await limits.count(refundOf(caller, 1, 'a'), 1000);

    const Key = { kind: 'refunds', id: `2026-06-01#EUR#${caller}` };
    const { Item } = await dynamo.send(new GetCommand({ TableName: access, Key }));
    expect(Item?.expires_at).toBe(Date.parse('2026-07-01T12:00:00.000Z') / 1000);
  });

  it('has no limit of an operator by default', async () => {
    expect(await limits.ofOperator(newName())).toBeUndefined();
  });
});

describe('sessionRepository', () => {
  it('keeps a session open until it ends', async () => {
    const session = { username: newName(), sessionId: 's' };
    expect(await sessions.isOpen(session)).toBe(false);
    await sessions.open(session, await sessions.generation(session.username), new Date());

    expect(await sessions.isOpen(session)).toBe(true);
    await sessions.end(session);
    expect(await sessions.isOpen(session)).toBe(false);
  });

  it('ends all sessions of an operator, and no later one', async () => {
    const username = newName();
    await sessions.open({ username, sessionId: 'a' }, await sessions.generation(username), new Date());

    const generation = await sessions.endAll(username);
    await sessions.open({ username, sessionId: 'b' }, generation, new Date());

    expect(await sessions.isOpen({ username, sessionId: 'a' })).toBe(false);
    expect(await sessions.isOpen({ username: username.toUpperCase(), sessionId: 'b' })).toBe(true);
  });
});
