import { describe, expect, it } from 'vitest';
import { schemaErrors } from '../../support/openapi.ts';
import { AMOUNT, orderRequest, textAt, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });

const open = (body: object) => paypal.control('POST', 'disputes', body);

describe('POST /_sim/disputes', () => {
  it('opens one dispute about several transactions, in their sequence', async () => {
    const [one, other] = [(await paypal.captured()).captureId, (await paypal.captured()).captureId];

    const dispute = await open({ capture_ids: ['0FOREIGN000000000', one, other] });
    const received = await paypal.receiver.until(5);

    const event = received.map(eventIn)[4];
    expect(event).toMatchObject({ event_type: 'CUSTOMER.DISPUTE.CREATED', resource: dispute });
    expect(dispute).toMatchObject({
      status: 'OPEN',
      dispute_amount: eur('39.98'),
      dispute_life_cycle_stage: 'INQUIRY',
      disputed_transactions: [
        { seller_transaction_id: '0FOREIGN000000000' },
        { seller_transaction_id: one, custom: 'pay_1', gross_amount: AMOUNT, transaction_status: 'COMPLETED' },
        { seller_transaction_id: other },
      ],
    });
    expect(schemaErrors('customer_disputes_v1', 'dispute', dispute)).toEqual([]);
    expect((await paypal.control('GET', 'state')).captures).toMatchObject({
      [one]: { dispute: { status: 'OPEN' } },
      [other]: { dispute: { dispute_id: dispute.dispute_id } },
    });
  });

  it('opens disputes about foreign transactions only, and about a part', async () => {
    const dispute = await open({ capture_ids: ['0FOREIGN000000000'], amount: eur('1.00') });

    expect(dispute).toMatchObject({ dispute_amount: eur('1.00') });
    await paypal.receiver.until(1);
  });

  it('omits optional fields in events and responses', async () => {
    const { captureId } = await paypal.captured();

    const dispute = await open({
      capture_ids: [captureId],
      omit: ['create_time', 'disputed_transactions.*.seller', 'dispute_amount', 'links'],
    });
    const [, , created] = await paypal.receiver.until(3);

    expect(Object.keys(dispute).sort()).toEqual([
      'dispute_channel',
      'dispute_id',
      'dispute_life_cycle_stage',
      'disputed_transactions',
      'reason',
      'status',
      'update_time',
    ]);
    expect(dispute).not.toHaveProperty('disputed_transactions.0.seller');
    expect(created && eventIn(created).resource).toEqual(dispute);
    expect(schemaErrors('customer_disputes_v1', 'dispute', dispute)).toEqual([]);
  });

  it('opens a second dispute about a disputed capture', async () => {
    const { captureId } = await paypal.captured();
    const [first, second] = [await open({ capture_ids: [captureId] }), await open({ capture_ids: [captureId] })];
    await paypal.control('POST', `disputes/${first.dispute_id}/resolve`, { outcome_code: 'CANCELED_BY_BUYER' });

    expect(first.dispute_id).not.toBe(second.dispute_id);
    const partly = { amount: eur('1.00') };
    expect(await paypal.api('POST', `/v2/payments/captures/${captureId}/refund`, partly)).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'TRANSACTION_DISPUTED' }] },
    });
  });
});

describe('POST /_sim/disputes/{id}', () => {
  it('/update changes status and stage', async () => {
    const { captureId } = await paypal.captured();
    const { dispute_id } = await open({ capture_ids: [captureId] });

    const changes = { status: 'WAITING_FOR_SELLER_RESPONSE', stage: 'CHARGEBACK' };
    const dispute = await paypal.control('POST', `disputes/${dispute_id}/update`, changes);
    const received = await paypal.receiver.until(4);

    expect(received.map(eventIn)[3]).toMatchObject({ event_type: 'CUSTOMER.DISPUTE.UPDATED', resource: dispute });
    expect(dispute).toMatchObject({ status: changes.status, dispute_life_cycle_stage: 'CHARGEBACK' });
  });

  it.each(['RESOLVED_BUYER_FAVOUR', 'RESOLVED_SELLER_FAVOUR', 'CANCELED_BY_BUYER'])(
    '/resolve ends it as %s, once',
    async (outcome_code) => {
      const { captureId } = await paypal.captured({}, orderRequest({ custom_id: 'pay_2' }));
      const { dispute_id } = await open({ capture_ids: [captureId] });

      const outcome = { outcome_code, amount_refunded: eur('3.00') };
      const dispute = await paypal.control('POST', `disputes/${dispute_id}/resolve`, outcome);
      const received = await paypal.receiver.until(4);

      expect(received.map(eventIn)[3]).toMatchObject({
        event_type: 'CUSTOMER.DISPUTE.RESOLVED',
        resource: { status: 'RESOLVED', dispute_outcome: outcome },
      });
      expect(schemaErrors('customer_disputes_v1', 'dispute', dispute)).toEqual([]);
      expect((await paypal.send('POST', `/_sim/disputes/${dispute_id}/resolve`, outcome)).status).toBe(409);
      expect((await paypal.send('POST', `/_sim/disputes/${dispute_id}/update`)).status).toBe(409);
    },
  );

  it.each(['update', 'resolve'])('/%s responds with 404 to an unknown dispute', async (action) => {
    const body = action === 'resolve' ? { outcome_code: 'NONE' } : {};
    expect((await paypal.send('POST', `/_sim/disputes/X/${action}`, body)).status).toBe(404);
  });
});

describe('POST /_sim/captures/{id}/dispute', () => {
  it('opens, updates and resolves a dispute', async () => {
    const { captureId } = await paypal.captured();

    const ids = [];
    for (const body of [{}, { status: 'OPEN' }, { status: 'RESOLVED' }]) {
      ids.push((await paypal.control('POST', `captures/${captureId}/dispute`, body)).dispute_id);
    }
    await paypal.receiver.until(5);

    expect(new Set(ids).size).toBe(1);
    expect(paypal.receiver.types().slice(2)).toEqual([
      'CUSTOMER.DISPUTE.CREATED',
      'CUSTOMER.DISPUTE.UPDATED',
      'CUSTOMER.DISPUTE.RESOLVED',
    ]);
    expect((await paypal.send('POST', `/_sim/captures/${captureId}/dispute`, { status: 'RESOLVED' })).status).toBe(409);
  });
});

describe('GET /v1/customer/disputes/{id}', () => {
  it('returns the dispute as in its event', async () => {
    const { captureId } = await paypal.captured();
    const dispute = await open({ capture_ids: [captureId] });

    const response = await paypal.api('GET', `/v1/customer/disputes/${textAt(dispute, 'dispute_id')}`);

    expect(response).toMatchObject({ status: 200, body: dispute });
  });

  it('responds with 404 to an unknown id, and with 401 without a token', async () => {
    expect((await paypal.api('GET', '/v1/customer/disputes/PP-D-1')).status).toBe(404);
    expect((await paypal.send('GET', '/v1/customer/disputes/PP-D-1')).status).toBe(401);
  });
});
