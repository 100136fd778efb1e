import { expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

it.each(['TRACE', 'CONNECT', 'QUERY', 'PUT'])('%s is answered with what may be done instead', async (method) => {
  const { status, headers } = await adminInMemory().send(method, '/api/v1/admin/audit');

  expect(status).toBe(405);
  expect(headers.allow).toBe('GET');
});

it('a path of its own is not taken for an id when it is told what may be done', async () => {
  const { status, headers } = await adminInMemory().send('PUT', '/api/v1/admin/webhook-events/replay');

  expect(status).toBe(405);
  expect(headers.allow).toBe('POST');
});

it('what is nowhere is not found, whatever the method', async () => {
  expect((await adminInMemory().send('TRACE', '/api/v1/admin/nothing')).status).toBe(404);
});
