import { describe, expect, it, vi } from 'vitest';
import { PayPalRefused, PayPalUnauthorized, PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { PayPalEvent } from '../../../src/paypal-webhook/event.ts';
import { type ProcessEventDeps, processEvent } from '../../../src/paypal-webhook/process-event.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { captureBody, orderBody, refundBody } from '../../support/in-memory/paypal-state.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

const event = (event_type: string, resource: object, more: Partial<PayPalEvent> = {}): PayPalEvent => ({
  id: 'WH-ODD',
  event_type,
  resource: { ...resource },
  ...more,
});

/** A paid purchase: PayPal has captured, and the shop knows. */
async function paidPurchase() {
  const purchase = await onePurchase();
  purchase.approve();
  await purchase.drain();
  const order = purchase.atPayPal();
  if (!order?.capture) throw new Error('not captured');
  return { ...purchase, order, capture: order.capture };
}

/** A purchase that PayPal has captured, of which the shop knows nothing. */
async function unheardPurchase() {
  const purchase = await onePurchase();
  purchase.shop.paypal.approveAndCapture(purchase.orderId);
  const order = purchase.atPayPal();
  if (!order?.capture) throw new Error('not captured');
  return { ...purchase, order, capture: order.capture };
}

describe('processEvent with a capture or an order that cannot be read', () => {
  const parts = ['id', 'status', 'amount', 'custom_id', 'supplementary_data', 'links'];

  it.each(parts.flatMap((field) => [null, undefined, 5].map((value) => [field, value] as const)))(
    'captures the payment when the capture’s %s is %s',
    async (field, value) => {
      const { shop, order, capture, payment, paymentId } = await unheardPurchase();
      const resource = { ...captureBody(order, capture), [field]: value };

      const result = await shop.deliver(event('PAYMENT.CAPTURE.COMPLETED', resource));

      expect(result).toEqual({ status: 'accepted', payment_id: paymentId, moved: true });
      expect(payment()).toMatchObject({ status: 'captured', capture_id: capture.id });
    },
  );

  it.each<[string, (body: ReturnType<typeof orderBody>) => object]>([
    ['null as payments', (body) => ({ ...body, purchase_units: [{ ...body.purchase_units[0], payments: null }] })],
    [
      'null as captures',
      (body) => ({
        ...body,
        purchase_units: [{ custom_id: body.purchase_units[0]?.custom_id, payments: { captures: null } }],
      }),
    ],
    ['null as purchase units', ({ purchase_units: _, ...body }) => ({ ...body, purchase_units: null })],
    [
      'null as capture',
      ({ purchase_units, ...body }) => ({
        ...body,
        purchase_units: [{ ...purchase_units[0], payments: { captures: [null] } }],
      }),
    ],
    [
      'a capture without amount',
      ({ purchase_units, ...body }) => ({
        ...body,
        purchase_units: [{ ...purchase_units[0], payments: { captures: [{ id: 'X', status: 'COMPLETED' }] } }],
      }),
    ],
    [
      'no status',
      ({ status: _, ...body }) => ({ ...body, purchase_units: [{ custom_id: body.purchase_units[0]?.custom_id }] }),
    ],
    ['no id', ({ id: _, ...body }) => body],
    ['a list as status', (body) => ({ ...body, status: [], purchase_units: 'none' })],
  ])('captures the payment when the order has %s', async (_, change) => {
    const { shop, order, capture, payment, paymentId } = await unheardPurchase();

    const result = await shop.deliver(event('CHECKOUT.ORDER.COMPLETED', change(orderBody(order))));

    expect(result).toEqual({ status: 'accepted', payment_id: paymentId, moved: true });
    expect(payment()).toMatchObject({ status: 'captured', capture_id: capture.id });
  });
});

describe('processEvent with a refund that cannot be read', () => {
  it.each<[string, object]>([
    ['null as breakdown', { seller_payable_breakdown: null }],
    ['null as total', { seller_payable_breakdown: { total_refunded_amount: null } }],
    ['a number as total', { seller_payable_breakdown: { total_refunded_amount: { currency_code: 'EUR', value: 20 } } }],
    ['null as amount', { amount: null }],
    ['no id', { id: undefined }],
    ['no amounts', { amount: undefined, seller_payable_breakdown: undefined }],
    ['a text as status', { seller_payable_breakdown: 'x', status: null }],
  ])('asks PayPal when it has %s', async (_, change) => {
    const { shop, order, capture, payment } = await paidPurchase();
    shop.paypal.refund(order.id, 500);
    const [refund] = capture.refunds;
    if (!refund) throw new Error('not refunded');

    const result = await shop.deliver(event('PAYMENT.CAPTURE.REFUNDED', { ...refundBody(capture, refund), ...change }));

    expect(result).toMatchObject({ status: 'accepted', moved: true });
    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500 });
  });

  it.each<[string, object]>([
    ['null as breakdown', { seller_payable_breakdown: null }],
    ['no amount', { amount: undefined }],
    ['a number as amount', { amount: { currency_code: 'EUR', value: 5 } }],
  ])('asks PayPal when it is a reversal with %s', async (_, change) => {
    const { shop, order, capture, payment } = await paidPurchase();
    shop.paypal.reverse(order.id, 500);
    const [reversal] = capture.refunds;
    if (!reversal) throw new Error('not reversed');

    const result = await shop.deliver(
      event('PAYMENT.CAPTURE.REVERSED', { ...refundBody(capture, reversal), ...change }),
    );

    expect(result).toMatchObject({ status: 'accepted', moved: true });
    expect(payment()).toMatchObject({ status: 'partially_refunded', refunded_minor: 500 });
  });
});

describe('processEvent with a refund that names two payments', () => {
  it.each(['REFUNDED', 'REVERSED'])('applies it to the one whose capture it is: %s', async (type) => {
    const { shop, purchases } = await paidPurchases(2);
    const [first, second] = purchases;
    const EUR_20 = { currency_code: 'EUR', value: '20.00' };

    await shop.deliver(
      event(`PAYMENT.CAPTURE.${type}`, {
        id: 'REFUND9',
        status: 'COMPLETED',
        amount: EUR_20,
        seller_payable_breakdown: { total_refunded_amount: EUR_20 },
        custom_id: first?.paymentId,
        links: [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${second?.captureId}` }],
      }),
    );

    expect(purchases.map(({ payment }) => payment()?.refunded_minor)).toEqual([0, 2000]);
  });
});

describe('processEvent with an event that names no payment', () => {
  it.each<[string, string, object, string]>([
    ['nothing', 'PAYMENT.CAPTURE.COMPLETED', {}, 'malformed'],
    ['odd ids', 'CHECKOUT.ORDER.APPROVED', { id: '../x', custom_id: 5, links: [{ rel: 'up' }] }, 'malformed'],
    ['nothing', 'CHECKOUT.PAYMENT-APPROVAL.REVERSED', { status: 'VOIDED' }, 'malformed'],
    ['no transaction', 'CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-D-1' }, 'malformed'],
    ['a strange capture', 'PAYMENT.CAPTURE.COMPLETED', { id: 'STRANGE' }, 'unknown_payment'],
    ['a strange payment', 'PAYMENT.CAPTURE.COMPLETED', { custom_id: `pay_${'0'.repeat(26)}` }, 'unknown_payment'],
    [
      'a strange transaction',
      'CUSTOMER.DISPUTE.CREATED',
      { disputed_transactions: [{ seller_transaction_id: 'S' }] },
      'unknown_payment',
    ],
  ])('parks one that names %s: %s', async (_, type, resource, reason) => {
    const { shop } = await onePurchase();

    expect(await shop.deliver(event(type, resource))).toEqual({ status: 'parked', reason });
  });
});

describe('processEvent when PayPal refuses to show a capture', () => {
  const NOT_OURS = {
    id: 'X',
    status: 'COMPLETED',
    amount: { currency_code: 'EUR', value: '1.00' },
    custom_id: 'other',
  };
  const EVENTS = [
    event('PAYMENT.CAPTURE.COMPLETED', NOT_OURS),
    event('CUSTOMER.DISPUTE.CREATED', {
      dispute_id: 'PP-D-1',
      disputed_transactions: [{ seller_transaction_id: 'X' }],
    }),
    event('PAYMENT.CAPTURE.REFUNDED', {
      ...NOT_OURS,
      id: 'R',
      links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/X' }],
    }),
    event('CHECKOUT.ORDER.COMPLETED', {
      id: 'O',
      status: 'COMPLETED',
      purchase_units: [{ payments: { captures: [NOT_OURS] } }],
    }),
  ];
  const refused = (status: number, error: string) => new PayPalRefused({ operation: 'getCapture', status, error });

  async function withRefusal(error: Error) {
    const { shop } = await onePurchase();
    const deps: ProcessEventDeps = {
      payments: shop.payments.repository,
      evidenceApplier: shop.evidenceApplier,
      getCapture: vi.fn(() => Promise.reject(error)),
    };
    return (one: PayPalEvent) => processEvent(deps, one);
  }

  it.each(
    EVENTS.flatMap((one) => [
      [one.event_type, 'NOT_AUTHORIZED', one, 403] as const,
      [one.event_type, 'PERMISSION_DENIED', one, 403] as const,
      [one.event_type, 'INVALID_REQUEST', one, 400] as const,
    ]),
  )('parks %s after %s', async (_, name, one, status) => {
    const deliver = await withRefusal(refused(status, name));

    expect(await deliver(one)).toEqual({ status: 'parked', reason: 'unknown_payment' });
  });

  it.each(
    EVENTS.flatMap((one) => [
      [one.event_type, 'credentials', one, new PayPalUnauthorized(refused(401, 'invalid_client'))] as const,
      [one.event_type, 'a timeout', one, new PayPalUnavailable('timeout', { operation: 'getCapture' })] as const,
    ]),
  )('throws for %s when the trouble is %s', async (_, __, one, error) => {
    const deliver = await withRefusal(error);

    await expect(deliver(one)).rejects.toBe(error);
  });
});

/** A shop with several paid purchases of one buyer. */
async function paidPurchases(count: number) {
  const shop = shopInMemory({ products: [product(100)] });
  const purchases = [];
  for (let i = 0; i < count; i++) {
    const begun = await shop.begin();
    if (!begun) throw new Error('no stock');
    shop.paypal.approveAndCapture(begun.orderId);
    for (const one of shop.paypal.events.splice(0)) await shop.deliver(one.event);
    await shop.finish();
    const captureId = shop.paypal.orders.get(begun.orderId)?.capture?.id ?? '';
    purchases.push({ ...begun, captureId, payment: () => shop.payments.rows.get(begun.paymentId) });
  }
  return { shop, purchases };
}

describe('processEvent with a dispute', () => {
  const dispute = (status: string | null, captureIds: readonly (string | null)[], more: object = {}) => ({
    dispute_id: 'PP-D-1',
    status,
    create_time: '2026-06-01T10:00:00.000Z',
    disputed_transactions: captureIds.map((seller_transaction_id) => ({ seller_transaction_id })),
    ...more,
  });

  it('flags all of the shop’s payments among the transactions', async () => {
    const { shop, purchases } = await paidPurchases(3);
    const strangers = Array.from({ length: 500 }, (_, i) => `STRANGER${i}`);
    const ids = [...strangers, purchases[2]?.captureId, null, ...strangers, purchases[0]?.captureId, 'LAST'];

    const result = await shop.deliver(
      event(
        'CUSTOMER.DISPUTE.CREATED',
        dispute(
          'OPEN',
          ids.map((id) => id ?? null),
        ),
      ),
    );

    expect(result).toEqual({ status: 'accepted', payment_id: purchases[2]?.paymentId, moved: true });
    expect(purchases.map(({ payment }) => Object.keys(payment()?.disputes ?? {}))).toEqual([
      ['PP-D-1'],
      [],
      ['PP-D-1'],
    ]);
  });

  it.each(['custom', 'reference_id'])('finds the payment by %s of a transaction', async (field) => {
    const { shop, purchases } = await paidPurchases(1);
    const [{ payment, paymentId, captureId } = { payment: () => undefined }] = purchases;
    const id = field === 'custom' ? paymentId : captureId;

    await shop.deliver(
      event('CUSTOMER.DISPUTE.CREATED', dispute('OPEN', [], { disputed_transactions: [{ [field]: id }] })),
    );

    expect(payment()?.disputes).toHaveProperty('PP-D-1');
  });

  it('asks PayPal about a capture that the shop does not know yet', async () => {
    const { shop, capture, payment } = await unheardPurchase();

    await shop.deliver(event('CUSTOMER.DISPUTE.CREATED', dispute('OPEN', ['STRANGER', capture.id])));

    expect(payment()?.disputes).toHaveProperty('PP-D-1');
  });

  it('does not ask PayPal about hundreds of captures', async () => {
    const { shop } = await onePurchase();
    const getCapture = vi.fn(async () => undefined);
    const deps = { payments: shop.payments.repository, evidenceApplier: shop.evidenceApplier, getCapture };
    const ids = Array.from({ length: 1000 }, (_, i) => `STRANGER${i}`);

    await processEvent(deps, event('CUSTOMER.DISPUTE.CREATED', dispute('OPEN', ids)));

    expect(getCapture).toHaveBeenCalledTimes(20);
  });

  it('keeps the newer word, in any order of the events', async () => {
    const words = [
      event('CUSTOMER.DISPUTE.CREATED', dispute('OPEN', ['C']), { create_time: '2026-06-01T10:00:05.000Z' }),
      event('CUSTOMER.DISPUTE.UPDATED', dispute('UNDER_REVIEW', ['C'], { create_time: null }), {
        create_time: '2026-06-02T10:00:05.000Z',
      }),
      event('CUSTOMER.DISPUTE.RESOLVED', dispute(null, ['C'], { update_time: '2026-06-03T10:00:00.000Z' })),
    ];
    for (const order of [words, words.toReversed(), [words[2], words[0], words[1]]]) {
      const { shop, capture, payment } = await paidPurchase();
      for (const word of order) {
        const { resource, ...rest } = word as PayPalEvent;
        const disputed_transactions = [{ seller_transaction_id: capture.id }];
        await shop.deliver({ ...rest, resource: { ...resource, disputed_transactions } });
      }

      expect(payment()?.disputes['PP-D-1']).toEqual({ status: 'RESOLVED', updated_at: '2026-06-03T10:00:00.000Z' });
    }
  });

  it('keeps what is known when the event has no time at all', async () => {
    const { shop, capture, payment } = await paidPurchase();
    await shop.deliver(event('CUSTOMER.DISPUTE.CREATED', dispute('UNDER_REVIEW', [capture.id])));

    await shop.deliver(event('CUSTOMER.DISPUTE.CREATED', dispute('OPEN', [capture.id], { create_time: null })));

    expect(payment()?.disputes['PP-D-1']?.status).toBe('UNDER_REVIEW');
  });

  it('learns from PayPal what became of the money of each payment when it is resolved', async () => {
    const { shop, purchases } = await paidPurchases(2);
    for (const { orderId } of purchases) shop.paypal.refund(orderId);

    const result = await shop.deliver(
      event(
        'CUSTOMER.DISPUTE.RESOLVED',
        dispute(
          'RESOLVED',
          purchases.map(({ captureId }) => captureId),
        ),
      ),
    );

    expect(result).toMatchObject({ status: 'accepted', moved: true });
    expect(purchases.map(({ payment }) => payment()?.status)).toEqual(['refunded', 'refunded']);
  });

  it('asks PayPal about the payment of a dispute without an id', async () => {
    const { shop, order, capture, payment } = await paidPurchase();
    shop.paypal.refund(order.id);

    await shop.deliver(event('CUSTOMER.DISPUTE.UPDATED', dispute(null, [capture.id], { dispute_id: null })));

    expect(payment()).toMatchObject({ status: 'refunded', disputes: {} });
  });
});

describe('processEvent with an event of no interest', () => {
  it('names the payment, so that the event can be erased with it', async () => {
    const { shop, orderId, paymentId } = await onePurchase();
    const expected = { status: 'ignored', payment_id: paymentId };

    expect(await shop.deliver(event('CHECKOUT.ORDER.PROCESSED', { id: orderId }))).toEqual(expected);
    expect(await shop.deliver(event('VAULT.X', { purchase_units: [{ custom_id: paymentId }] }))).toEqual(expected);
    expect(await shop.deliver(event('VAULT.X', { custom_id: 'another' }))).toEqual({ status: 'ignored' });
  });
});

describe('processEvent after the buyer’s data was erased', () => {
  it.each<[string, (purchase: Awaited<ReturnType<typeof paidPurchase>>) => PayPalEvent]>([
    ['accepted', ({ order }) => event('CHECKOUT.ORDER.APPROVED', orderBody(order))],
    ['unreadable', ({ paymentId }) => event('CHECKOUT.ORDER.APPROVED', { custom_id: paymentId })],
    ['ignored', ({ orderId }) => event('CHECKOUT.ORDER.PROCESSED', { id: orderId })],
    ['parked', ({ order }) => event('CHECKOUT.ORDER.APPROVED', { ...orderBody(order), id: 'ANOTHER' })],
    [
      'dispute',
      ({ capture }) =>
        event('CUSTOMER.DISPUTE.CREATED', { disputed_transactions: [{ seller_transaction_id: capture.id }] }),
    ],
  ])('marks the body of an event for erasure: %s', async (_, of) => {
    const purchase = await paidPurchase();
    const { shop, paymentId, payment } = purchase;
    const paid = payment();
    if (!paid) throw new Error('no payment');
    shop.payments.rows.set(paymentId, { ...paid, erased_at: '2026-06-01T12:00:00.000Z' });

    expect(await shop.deliver(of(purchase))).toMatchObject({ payment_id: paymentId, erased: true });
  });

  it('marks the body of a dispute about several payments when any of them is erased', async () => {
    const { shop, capture, paymentId, payment } = await paidPurchase();
    const other = await shop.begin();
    const paid = payment();
    if (!other || !paid) throw new Error('no payment');
    shop.payments.rows.set(paymentId, { ...paid, erased_at: '2026-06-01T12:00:00.000Z' });
    const transactions = [{ custom: other.paymentId }, { seller_transaction_id: capture.id }];
    const dispute = event('CUSTOMER.DISPUTE.CREATED', { dispute_id: 'PP-1', disputed_transactions: transactions });

    expect(await shop.deliver(dispute)).toMatchObject({ payment_id: other.paymentId, erased: true });
  });
});
