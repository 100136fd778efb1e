import { describe, expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

describe('adminApi', () => {
  it.each(['TRACE', 'CONNECT', 'QUERY', 'PUT'])('returns 405 with the allowed methods for %s', async (method) => {
    const { status, headers } = await adminInMemory().send(method, '/api/v1/admin/audit');

    expect(status).toBe(405);
    expect(headers.allow).toBe('GET');
  });

  it('allows the methods of a literal path, not those of a path with an id', async () => {
    const { status, headers } = await adminInMemory().send('PUT', '/api/v1/admin/webhook-events/replay');

    expect(status).toBe(405);
    expect(headers.allow).toBe('POST');
  });

  it('returns 404 for an unknown path with any method', async () => {
    expect((await adminInMemory().send('TRACE', '/api/v1/admin/nothing')).status).toBe(404);
  });
});
