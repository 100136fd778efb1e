import { describe, expect, it } from 'vitest';
import type { PaymentId } from '../../../src/shared/ids.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';
import { executionArnOf } from '../../support/in-memory/settlements.ts';

const LIST = 'GET /api/v1/admin/settlements';
const RETRY = 'POST /api/v1/admin/settlements/{id}/retry';
const AT = '2026-06-01T12:00:30.000Z';

/** A purchase whose money has come, and whose settlement failed. */
async function failing(admin: AdminInMemory): Promise<PaymentId> {
  const begun = await admin.shop.begin();
  if (!begun) throw new Error('the shelf is empty');
  const { paymentId, orderId } = begun;
  admin.shop.paypal.approve(orderId);
  await admin.shop.capture(paymentId, 'return');
  const name = `${paymentId}-captured`;
  admin.executions.set(name, { status: 'FAILED', redrivable: true, endedAt: new Date(AT) });
  const told = { error: 'Error', cause: 'no table', failed_steps: ['CreateOrder'] };
  await admin.failed.repository.note(
    listedFailure({ payment_id: paymentId, execution_arn: executionArnOf(name), failed_at: AT, ...told }),
  );
  return paymentId;
}

describe('failed settlements', () => {
  it('are listed, page by page', async () => {
    const admin = adminInMemory();
    const paymentIds = [await failing(admin), await failing(admin)];

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
    ['a status that is not listed', { status: 'succeeded' }, 'status'],
    ['a forged cursor', { cursor: Buffer.from('{"id":"audit"}').toString('base64url') }, 'cursor'],
    ['something that it does not know', { settlement: 'captured' }, 'settlement'],
  ])('cannot be listed by %s', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LIST, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });

  it('go on where they stopped, and the audit says who wished it', async () => {
    const admin = adminInMemory();
    const id = await failing(admin);

    const { body } = await admin.call(RETRY, { id, body: { reason: 'the table is there again' } });

    expect(body).toEqual({
      payment_id: id,
      settlements: [{ settlement: 'captured', outcome: 'redriven', execution: `${id}-captured` }],
    });
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'retry', target: id, why: 'the table is there again' }]);
  });

  it('are left alone when another one is named', async () => {
    const admin = adminInMemory();
    const id = await failing(admin);

    const { body } = await admin.call(RETRY, { id, body: { settlement: 'released', reason: 'a try' } });

    expect(body.settlements).toEqual([]);
  });

  it.each(['pay_00000000000000000000000000', 'nonsense'])('of %s there are none', async (id) => {
    const admin = adminInMemory();

    expect((await admin.call(RETRY, { id, body: { reason: 'a try' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });
});
