import { describe, expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const LIST = 'GET /api/v1/admin/api-keys';
const CREATE = 'POST /api/v1/admin/api-keys';
const REVOKE = 'DELETE /api/v1/admin/api-keys/{id}';

const body = { name: 'ERP', scopes: ['events:read', 'payments:write'], refund_limit: 250 };

describe('API keys', () => {
  it('are created with a key that is shown once and not stored', async () => {
    const admin = adminInMemory();

    const { status, body: created } = await admin.call(CREATE, { body });

    expect(status).toBe(201);
    expect(created).toMatchObject({ ...body, created_by: 'ada', last_used_at: null, revoked_at: null });
    expect(created.key).toMatch(/^sk_local_/);
    const { key, ...rest } = created;
    expect((await admin.call(LIST)).body).toEqual({ api_keys: [rest] });
    expect(JSON.stringify([...admin.apiKeys.keys])).not.toContain(key);
    expect(admin.entries).toMatchObject([
      { who: 'ada', what: 'create-api-key', target: created.id, details: { scopes: body.scopes, refund_limit: 250 } },
    ]);
    expect(JSON.stringify(admin.entries)).not.toContain(key);
  });

  it('work at once, until they are revoked', async () => {
    const admin = adminInMemory();
    const { id, key } = (await admin.call(CREATE, { body })).body;
    const use = async () => (await admin.call('GET /api/v1/admin/metrics', { token: key })).status;

    expect(await use()).toBe(200);
    expect((await admin.call(REVOKE, { id })).status).toBe(204);
    expect(await use()).toBe(401);
    expect(admin.entries.at(-1)).toMatchObject({ who: 'ada', what: 'revoke-api-key', target: id });
  });

  it('can be revoked again, and keep the time of the first', async () => {
    const admin = adminInMemory();
    const { id } = (await admin.call(CREATE, { body })).body;
    await admin.call(REVOKE, { id });

    expect((await admin.call(REVOKE, { id })).status).toBe(204);
    expect((await admin.call(LIST)).body.api_keys).toMatchObject([{ id, revoked_at: '2026-06-01T12:00:00.000Z' }]);
  });

  it.each([`key_${'0'.repeat(24)}`, 'nonsense'])('cannot be revoked when %s is unknown', async (id) => {
    const admin = adminInMemory();

    expect(await admin.call(REVOKE, { id })).toMatchObject({
      status: 404,
      body: { type: '/problems/unknown-api-key' },
    });
    expect(admin.entries).toEqual([]);
  });

  it('are not created when the audit entry cannot be written', async () => {
    const admin = adminInMemory();
    admin.fail('audit.write', new Error('no'));

    expect((await admin.call(CREATE, { body })).status).toBe(500);
    expect(admin.apiKeys.keys.size).toBe(0);
  });

  it.each([
    ['an unknown scope', { ...body, scopes: ['everything'] }, 'scopes.0'],
    ['no scope', { ...body, scopes: [] }, 'scopes'],
    ['no name', { scopes: body.scopes }, 'name'],
    ['a negative refund limit', { ...body, refund_limit: -1 }, 'refund_limit'],
    ['an unknown field', { ...body, key: 'mine' }, 'key'],
  ])('are not created with %s', async (_, invalid, field) => {
    expect((await adminInMemory().call(CREATE, { body: invalid })).body.errors).toMatchObject([{ field }]);
  });

  it('are not created with an idempotency key, whose stored response would contain the key', async () => {
    const admin = adminInMemory();

    const { body: problem } = await admin.call(CREATE, { body, headers: { 'idempotency-key': 'the-only-request' } });

    expect(problem.errors).toMatchObject([{ field: 'idempotency-key' }]);
    expect(admin.apiKeys.keys.size).toBe(0);
  });
});
