import { describe, expect, it, vi } from 'vitest';
import { AMOUNT, useSimulator } from './harness.ts';

const paypal = useSimulator();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const send = (path: string, form: string) => paypal.send('POST', path, form, FORM);
const submitFaults = (form: string) => send('/faults', form);
const press = (orderId: string, action: string) => send(`/faults/orders/${orderId}`, `do=${action}`);
const text = async (path: string) => String((await paypal.send('GET', path)).body);
/** Deliveries are asynchronous, so the list shows them with a delay. */
const eventually = (path: string, words: RegExp) =>
  vi.waitFor(async () => expect(await text(path)).toMatch(words), { timeout: 4000, interval: 10 });
const delivery = async () => (await paypal.control('GET', 'state')).delivery;
const captureOf = async (orderId: string) => {
  const { captures } = await paypal.control('GET', 'state');
  return Object.values(captures as Record<string, { order_id: string }>).find((one) => one.order_id === orderId);
};

describe('POST /faults', () => {
  it('changes the delivery settings and redirects to the buyer’s page', async () => {
    const id = await paypal.order();

    const { status, headers } = await submitFaults(`hold=on&copies=3&delay=2&do=inject&back=/checkoutnow?token=${id}`);

    expect(status).toBe(303);
    expect(headers.get('location')).toBe(`/checkoutnow?token=${id}`);
    expect(await delivery()).toMatchObject({ hold: true, shuffle: false, drop: false, copies: 3, delay_ms: 2000 });
    expect(await text(`/checkoutnow?token=${id}`)).toMatch(/name="hold" checked/);
  });

  it('does not redirect to another site', async () => {
    const { headers } = await submitFaults('do=inject&back=https://elsewhere.example/checkoutnow?token=X');

    expect(headers.get('location')).toBe('/');
  });

  it('resets settings that are unchecked or invalid', async () => {
    await submitFaults('hold=on&drop=on&shuffle=on&copies=3&do=inject');

    await submitFaults('copies=many&do=inject');

    expect(await delivery()).toMatchObject({ hold: false, shuffle: false, drop: false, copies: 1, delay_ms: 0 });
  });

  it('flushes held deliveries', async () => {
    const id = await paypal.order();
    await submitFaults('hold=on&do=inject');
    await send(`/checkoutnow?token=${id}`, 'choice=pay');
    expect(paypal.receiver.received).toEqual([]);

    await submitFaults('hold=on&do=flush');

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
  });

  it('injects an outage until all faults are cleared', async () => {
    const id = await paypal.order();
    const getOrder = () => paypal.api('GET', `/v2/checkout/orders/${id}`, undefined, { invalid: true });

    await submitFaults('down=on&do=inject');
    expect((await getOrder()).status).toBe(503);
    await submitFaults('down=on&do=clear');

    expect((await getOrder()).status).toBe(200);
  });

  it.each([
    ['missing', 'GET', '/v2/checkout/orders/{order}', 404],
    ['forbidden', 'GET', '/v2/payments/captures/{capture}', 403],
  ])('injects "%s" until it is unchecked', async (name, method, path, status) => {
    const { orderId, captureId } = await paypal.captured();
    const call = async () =>
      (await paypal.api(method, path.replace('{order}', orderId).replace('{capture}', captureId))).status;

    await submitFaults(`${name}=on&do=inject`);
    expect(await call()).toBe(status);
    expect(await text('/')).toMatch(new RegExp(`name="${name}" checked`));
    await submitFaults('do=inject');

    expect(await call()).toBe(200);
  });

  it('refuses a number of captures with an issue', async () => {
    const id = await paypal.approvedOrder();
    const capture = () => paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {});

    await submitFaults('refusal=PAYEE_BLOCKED_TRANSACTION&refusals=2&do=inject');

    expect(await text('/')).toContain('<option value="PAYEE_BLOCKED_TRANSACTION" selected>');
    for (let count = 0; count < 2; count++) {
      expect(await capture()).toMatchObject({
        status: 422,
        body: { details: [{ issue: 'PAYEE_BLOCKED_TRANSACTION' }] },
      });
    }
    expect((await capture()).status).toBe(201);
  });

  it('replaces the issue of an earlier refusal', async () => {
    await submitFaults('refusal=TRANSACTION_REFUSED&refusals=9&do=inject');
    await submitFaults('refusal=PAYER_CANNOT_PAY&refusals=3&do=inject');
    expect((await paypal.control('GET', 'state')).faults).toMatchObject([{ issue: 'PAYER_CANNOT_PAY', times: 3 }]);

    await submitFaults('refusal=&refusals=3&do=inject');

    expect((await paypal.control('GET', 'state')).faults).toEqual([]);
  });

  it('ignores an unknown issue', async () => {
    await submitFaults('refusal=NOTHING_KNOWN&refusals=2&do=inject');

    expect((await paypal.control('GET', 'state')).faults).toEqual([]);
  });

  const SETTINGS =
    'refunds=PENDING&next=escaped&next_page=2&unreported=on&reporting_delay=180&max_results=5' +
    '&field=purchase_units.0.payments&field_in=answers&field_as=null';
  const settings = async () => {
    const { refund_status, event_list, reporting, shapes } = await paypal.control('GET', 'state');
    return { refund_status, event_list, reporting, shapes };
  };
  const DEFAULTS = {
    refund_status: 'COMPLETED',
    event_list: { next: 'slash', page: null },
    reporting: { delay_ms: 0, denied: false, max_results: 10_000 },
    shapes: [],
  };

  it('changes refunds, lists and fields until all faults are cleared', async () => {
    await submitFaults(`${SETTINGS}&do=inject`);

    expect(await settings()).toEqual({
      refund_status: 'PENDING',
      event_list: { next: 'escaped', page: 2 },
      reporting: { delay_ms: 10_800_000, denied: true, max_results: 5 },
      shapes: [{ match: 'answers', path: 'purchase_units.0.payments', as: 'null' }],
    });
    const page = await text('/');
    for (const shown of [
      '"PENDING" selected',
      '"escaped" selected',
      'value="180"',
      'value="purchase_units.0.payments"',
    ]) {
      expect(page).toContain(shown);
    }
    await submitFaults('do=clear');
    expect(await settings()).toEqual(DEFAULTS);
  });

  it('keeps settings that the form lacks, and further rules', async () => {
    const rules = ['a', 'b'].map((path) => ({ match: 'events', path, as: 'omit' }));
    await paypal.control('PUT', 'shapes', { rules });
    await paypal.control('PUT', 'reporting', { delay_ms: 5 });

    await submitFaults('hold=on&do=inject');
    expect(await settings()).toEqual({ ...DEFAULTS, reporting: { ...DEFAULTS.reporting, delay_ms: 5 }, shapes: rules });
    await submitFaults('field=c&field_in=events&field_as=omit&do=inject');

    expect((await settings()).shapes).toEqual([{ ...rules[0], path: 'c' }, rules[1]]);
  });

  it('keeps the faults of the control API', async () => {
    const fault = { method: 'GET', path: '/v2/checkout/orders/*', status: 500, times: 2 };
    await paypal.control('PUT', 'faults', { faults: [fault] });

    await submitFaults('do=clear');

    expect((await paypal.control('GET', 'state')).faults).toEqual([fault]);
  });
});

describe('GET / and /faults', () => {
  it('lists orders with their actions, and deliveries with the shop’s responses', async () => {
    const { orderId } = await paypal.captured();

    const page = await text('/');

    expect(page).toContain(orderId);
    expect(page).toContain('COMPLETED');
    expect(page).toContain('Refund at PayPal');
    await eventually('/', /PAYMENT\.CAPTURE\.COMPLETED[\s\S]*200[\s\S]*accepted/);
  });

  it('shows empty states', async () => {
    expect(await text('/faults/orders')).toContain('Buy something in the shop');
    expect(await text('/faults/deliveries')).toContain('No deliveries yet');
  });

  it('filters deliveries by order', async () => {
    const [one, other] = [await paypal.order(), await paypal.order()];
    await send(`/checkoutnow?token=${one}`, 'choice=pay');

    await eventually(`/faults/deliveries?order=${one}`, /CHECKOUT\.ORDER\.APPROVED/);
    expect(await text(`/faults/deliveries?order=${other}`)).toContain('No deliveries yet');
  });

  it('marks dropped deliveries', async () => {
    const id = await paypal.order();
    await submitFaults('drop=on&do=inject');
    await send(`/checkoutnow?token=${id}`, 'choice=pay');

    expect(await text(`/faults/deliveries?order=${id}`)).toContain('dropped');
  });
});

describe('POST /faults/orders/{id}', () => {
  it('"forge" sends an event with an untrusted signature and captures nothing', async () => {
    const id = await paypal.order();

    expect((await press(id, 'forge')).status).toBe(303);

    const [forged] = paypal.receiver.received;
    expect(JSON.parse(String(forged?.body))).toMatchObject({
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: { amount: AMOUNT, custom_id: 'pay_1' },
    });
    const genuine = await paypal.order();
    await send(`/checkoutnow?token=${genuine}`, 'choice=pay');
    const [, signed] = await paypal.receiver.until(2);
    expect(forged?.headers['paypal-cert-url']).not.toBe(signed?.headers['paypal-cert-url']);
    expect(await captureOf(id)).toBeUndefined();
  });

  it('"late" captures the order', async () => {
    const id = await paypal.order();

    await press(id, 'late');

    expect(await captureOf(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    ['complete', 'COMPLETED'],
    ['decline', 'DECLINED'],
  ])('"%s" ends a pending capture as %s', async (action, status) => {
    const id = await paypal.order();
    await send(`/checkoutnow?token=${id}`, 'choice=echeck');
    await paypal.control('POST', `orders/${id}/capture`);

    await press(id, action);

    expect(await captureOf(id)).toMatchObject({ status });
  });

  it.each([
    ['refund', { status: 'REFUNDED' }],
    ['reverse', { status: 'REFUNDED' }],
    ['dispute', { dispute: { status: 'OPEN' } }],
  ])('"%s" changes a captured order', async (action, capture) => {
    const { orderId } = await paypal.captured();

    await press(orderId, action);

    expect(await captureOf(orderId)).toMatchObject(capture);
  });

  const refundsOf = async (orderId: string) => {
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${orderId}`);
    return (body.purchase_units as { payments: { refunds: object[] } }[])[0]?.payments.refunds;
  };

  it.each([
    ['refund-half', [{ status: 'COMPLETED', amount: { value: '9.99' } }], 'PARTIALLY_REFUNDED'],
    ['reverse-half', [{ note_to_payer: 'Payment reversed', amount: { value: '9.99' } }], 'PARTIALLY_REFUNDED'],
  ])('"%s" returns a part', async (action, refunds, status) => {
    const { orderId } = await paypal.captured();

    await press(orderId, action);

    expect(await refundsOf(orderId)).toMatchObject(refunds);
    expect(await captureOf(orderId)).toMatchObject({ status });
  });

  it.each([
    ['refund-completes', 'COMPLETED'],
    ['refund-fails', 'FAILED'],
    ['refund-cancelled', 'CANCELLED'],
  ])('"%s" ends a pending refund as %s', async (action, status) => {
    const { orderId, captureId } = await paypal.captured();
    await paypal.control('POST', `captures/${captureId}/refund`, { status: 'PENDING' });
    expect(await text('/')).toMatch(/refund PENDING, 19\.99 EUR[\s\S]*Complete refund/);

    await press(orderId, action);

    expect(await refundsOf(orderId)).toMatchObject([{ status }]);
    expect((await press(orderId, action)).status).toBe(409);
  });

  it('"cancel-reversal" returns the money to the shop', async () => {
    const { orderId } = await paypal.captured();
    await press(orderId, 'reverse');

    await press(orderId, 'cancel-reversal');

    expect(await captureOf(orderId)).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    ['resolve', 'RESOLVED_SELLER_FAVOUR'],
    ['resolve-buyer', 'RESOLVED_BUYER_FAVOUR'],
  ])('"%s" resolves a dispute about two payments as %s', async (action, outcome_code) => {
    const { orderId, captureId } = await paypal.captured();
    await press(orderId, 'dispute-two');

    await press(orderId, action);

    expect(Object.values((await paypal.control('GET', 'state')).disputes as object)).toMatchObject([
      {
        status: 'RESOLVED',
        dispute_outcome: { outcome_code },
        disputed_transactions: [{}, { seller_transaction_id: captureId }],
      },
    ]);
  });

  it('"again" captures once more, and each capture has its own actions', async () => {
    const { orderId, captureId } = await paypal.captured();

    await press(orderId, 'again');
    const { captures } = await paypal.control('GET', 'state');
    const second = Object.keys(captures as object).find((id) => id !== captureId);
    await send(`/faults/orders/${orderId}`, `do=refund&capture=${second}`);

    expect((await paypal.control('GET', 'state')).captures).toMatchObject({
      [captureId]: { status: 'COMPLETED' },
      [String(second)]: { status: 'REFUNDED' },
    });
  });

  it('"readdress" changes where to ship', async () => {
    const id = await paypal.approvedOrder();

    await press(id, 'readdress');

    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body).toMatchObject({
      purchase_units: [{ shipping: { name: { full_name: 'Ann Other' } } }],
    });
  });

  it('"expire" expires the order', async () => {
    const id = await paypal.order();

    await press(id, 'expire');

    expect((await paypal.send('GET', `/checkoutnow?token=${id}`)).status).toBe(404);
  });

  it('rejects an unavailable action', async () => {
    const { orderId } = await paypal.captured();

    expect((await press(orderId, 'expire')).status).toBe(409);
    expect((await press('UNKNOWN', 'forge')).status).toBe(409);
  });
});
