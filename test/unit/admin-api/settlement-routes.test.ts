import { describe, expect, it } from 'vitest';
import type { PaymentId } from '../../../src/shared/ids.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';
import { executionArnOf } from '../../support/in-memory/settlements.ts';

const LIST = 'GET /api/v1/admin/settlements';
const RETRY = 'POST /api/v1/admin/settlements/{id}/retry';
const RETRY_ALL = 'POST /api/v1/admin/settlements/retry';
const AT = '2026-06-01T12:00:30.000Z';

/** A captured purchase whose settlement failed. */
async function failedPurchase(admin: AdminInMemory): Promise<PaymentId> {
  const begun = await admin.shop.begin();
  if (!begun) throw new Error('out of stock');
  const { paymentId, orderId } = begun;
  admin.shop.paypal.approve(orderId);
  await admin.shop.capture(paymentId, 'return');
  const name = `${paymentId}-captured`;
  admin.executions.set(name, { status: 'FAILED', redrivable: true, endedAt: new Date(AT) });
  const failure = { error: 'Error', cause: 'no table', failed_steps: ['CreateOrder'] };
  await admin.failed.repository.record(
    listedFailure({ payment_id: paymentId, execution_arn: executionArnOf(name), failed_at: AT, ...failure }),
  );
  return paymentId;
}

describe('settlementRoutes', () => {
  it('lists failed settlements page by page', async () => {
    const admin = adminInMemory();
    const paymentIds = [await failedPurchase(admin), await failedPurchase(admin)];

    const first = (await admin.call(LIST, { query: { status: 'failed', limit: '1' } })).body;
    const second = (await admin.call(LIST, { query: { limit: '1', cursor: first.next_cursor } })).body;

    expect(first.settlements).toEqual([
      {
        payment_id: paymentIds[0],
        settlement: 'captured',
        execution: `${paymentIds[0]}-captured`,
        redrives: 0,
        status: 'FAILED',
        error: 'Error',
        cause: 'no table',
        failed_steps: ['CreateOrder'],
        failed_at: AT,
        last_failed_at: AT,
      },
    ]);
    expect(second.settlements).toMatchObject([{ payment_id: paymentIds[1] }]);
    expect(second.next_cursor).toBeNull();
  });

  it.each([
    ['an unknown status', { status: 'succeeded' }, 'status'],
    ['a forged cursor', { cursor: Buffer.from('{"id":"audit"}').toString('base64url') }, 'cursor'],
    ['an unknown field', { settlement: 'captured' }, 'settlement'],
  ])('rejects %s and names the field', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LIST, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });

  it('redrives a failed settlement and records the operator', async () => {
    const admin = adminInMemory();
    const id = await failedPurchase(admin);

    const { body } = await admin.call(RETRY, { id, body: { reason: 'table restored' } });

    expect(body).toEqual({
      payment_id: id,
      settlements: [{ settlement: 'captured', outcome: 'redriven', execution: `${id}-captured` }],
    });
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'retry', target: id, why: 'table restored' }]);
  });

  it('retries nothing when another settlement is requested', async () => {
    const admin = adminInMemory();
    const id = await failedPurchase(admin);

    const { body } = await admin.call(RETRY, { id, body: { settlement: 'released', reason: 'test' } });

    expect(body.settlements).toEqual([]);
  });

  it.each(['pay_00000000000000000000000000', 'nonsense'])('returns 404 and records nothing for %s', async (id) => {
    const admin = adminInMemory();

    expect((await admin.call(RETRY, { id, body: { reason: 'test' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });

  describe('retry of all failed settlements', () => {
    it('counts them without a retry', async () => {
      const admin = adminInMemory();
      const id = await failedPurchase(admin);
      await failedPurchase(admin);

      const { body } = await admin.call(RETRY_ALL, { body: { dry_run: true, reason: 'preview' } });

      expect(body).toEqual({ dry_run: true, matching: 2, more: false });
      expect(admin.executions.rows.get(`${id}-captured`)?.status).toBe('FAILED');
      expect(admin.entries).toEqual([]);
    });

    it('retries them batch by batch and records the operator', async () => {
      const admin = adminInMemory();
      const ids = [await failedPurchase(admin), await failedPurchase(admin), await failedPurchase(admin)];
      const retry = (cursor?: string) =>
        admin.call(RETRY_ALL, { body: { reason: 'PayPal is back', limit: 2, ...(cursor && { cursor }) } });

      const first = (await retry()).body;
      expect(first).toMatchObject({ dry_run: false, retried: 2, failed: [], next_cursor: expect.any(String) });
      expect((await retry(first.next_cursor)).body).toMatchObject({ retried: 1, next_cursor: null });

      for (const id of ids) expect(admin.executions.rows.get(`${id}-captured`)).toMatchObject({ redrives: 1 });
      expect(admin.entries).toMatchObject([
        { who: 'ada', what: 'retry', target: 'settlements', why: 'PayPal is back', details: { limit: 2 } },
        { details: { limit: 2, after: `${ids[1]}-captured` } },
      ]);
    });

    it('retries the others when one cannot be retried', async () => {
      const admin = adminInMemory();
      const [bad, good] = [await failedPurchase(admin), await failedPurchase(admin)];
      const row = admin.shop.payments.rows.get(bad);
      Object.defineProperty(row, 'open', {
        get: () => {
          throw new TypeError('unreadable');
        },
      });

      const { body } = await admin.call(RETRY_ALL, { body: { reason: 'test' } });

      expect(body).toEqual({
        dry_run: false,
        retried: 1,
        failed: [{ payment_id: bad, settlement: 'captured', error: 'TypeError' }],
        next_cursor: null,
      });
      expect(admin.executions.rows.get(`${good}-captured`)).toMatchObject({ status: 'RUNNING' });
    });

    it.each([
      ['no reason', {}, 'reason'],
      ['a batch of 51', { reason: 'test', limit: 51 }, 'limit'],
      ['a forged cursor', { reason: 'test', cursor: Buffer.from('{"id":"audit"}').toString('base64url') }, 'cursor'],
    ])('rejects %s and names the field', async (_, requested, field) => {
      const { status, body } = await adminInMemory().call(RETRY_ALL, { body: requested });

      expect(status).toBe(400);
      expect(body.errors).toMatchObject([{ field }]);
    });
  });
});
