import { expect, it } from 'vitest';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

it('returns the settings of the deployment', async () => {
  const { status, body } = await adminInMemory().call('GET /api/v1/admin/settings');

  expect(status).toBe(200);
  expect(body).toEqual({
    stage: 'local',
    settings: [
      { name: 'alarmEmail', value: 'ops@shop.example', kept: true },
      { name: 'domain', value: null, kept: false },
    ],
  });
});

it('refuses query parameters', async () => {
  const { status, body } = await adminInMemory().call('GET /api/v1/admin/settings', { query: { stage: 'prod' } });

  expect(status).toBe(400);
  expect(body).toMatchObject({
    type: expect.stringContaining('invalid-request'),
    detail: expect.stringContaining('stage'),
  });
});
