import { describe, expect, it } from 'vitest';
import { releaseHeldStock } from '../../../../web/admin/api.ts';
import type { ReleasedHeld } from '../../../../web/api/schema.ts';
import { scriptedApi } from '../scripted-api.ts';

const batch = (sessions: number, remaining: boolean): ReleasedHeld => ({
  released: { sessions, pieces: 2 * sessions },
  remaining,
});

describe('releaseHeldStock', () => {
  const { requests, respond } = scriptedApi();

  /** With these responses, one a call; a further one fails. */
  async function releaseWith(...batches: ReleasedHeld[]) {
    respond(() => batches.shift() ?? 'unreachable');
    const progress: number[] = [];
    const result = await releaseHeldStock('MUG', 'reserved by a bot', (sessions) => progress.push(sessions));
    return { result, progress };
  }

  it('adds up the batches until none remains', async () => {
    expect(await releaseWith(batch(100, true), batch(3, false))).toEqual({
      result: batch(103, false),
      progress: [100, 103],
    });
    const call = 'POST /admin/stock/release-held';
    const body = { sku: 'MUG', reason: 'reserved by a bot' };
    expect(requests).toMatchObject([
      { call, body },
      { call, body },
    ]);
  });

  it('stops when a batch releases nothing', async () => {
    expect(await releaseWith(batch(100, true), batch(0, true))).toMatchObject({ result: batch(100, true) });
  });
});
