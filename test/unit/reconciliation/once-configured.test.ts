import { expect, it, vi } from 'vitest';
import type { Job } from '../../../src/reconciliation/job.ts';
import { onceConfigured } from '../../../src/reconciliation/once-configured.ts';

const RUN: Parameters<Job>[0] = {
  now: () => new Date(0),
  dueBefore: new Date(0),
  until: new Date(0),
  onError: () => {},
  cursor: 'where it stopped',
};
const RESULT = { figures: { compared: 3 }, repaired: 1 };

it.each([
  ['runs the job', 'AX7', RESULT, 1],
  [
    'waits, at the same cursor, while the secret is as created',
    'to-fill-in',
    { figures: { waiting_for_credentials: 1 }, repaired: 0, cursor: 'where it stopped' },
    0,
  ],
])('%s', async (_, client_id, expected, calls) => {
  const job = vi.fn<Job>(async () => RESULT);

  expect(await onceConfigured(async () => ({ client_id }), job)(RUN)).toEqual(expected);
  expect(job).toHaveBeenCalledTimes(calls);
});

it('fails when the secret cannot be read', async () => {
  const job = onceConfigured(
    () => Promise.reject(new Error('throttled')),
    async () => RESULT,
  );

  await expect(job(RUN)).rejects.toThrow('throttled');
});
