import { describe, expect, it, vi } from 'vitest';
import { AMOUNT, useSimulator } from './harness.ts';

const paypal = useSimulator();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const send = (path: string, form: string) => paypal.send('POST', path, form, FORM);
const trouble = (form: string) => send('/trouble', form);
const press = (orderId: string, deed: string) => send(`/trouble/orders/${orderId}`, `do=${deed}`);
const text = async (path: string) => String((await paypal.send('GET', path)).body);
/** Deliveries go their own way: the list has them a moment later. */
const eventually = (path: string, words: RegExp) =>
  vi.waitFor(async () => expect(await text(path)).toMatch(words), { timeout: 4000, interval: 10 });
const delivery = async () => (await paypal.control('GET', 'state')).delivery;
const captureOf = async (orderId: string) => {
  const { captures } = await paypal.control('GET', 'state');
  return Object.values(captures as Record<string, { order_id: string }>).find((one) => one.order_id === orderId);
};

describe('the trouble panel', () => {
  it('sets how deliveries go wrong, and leads back to the buyer’s page', async () => {
    const id = await paypal.order();

    const { status, headers } = await trouble(`hold=on&copies=3&delay=2&do=set&back=/checkoutnow?token=${id}`);

    expect(status).toBe(303);
    expect(headers.get('location')).toBe(`/checkoutnow?token=${id}`);
    expect(await delivery()).toMatchObject({ hold: true, shuffle: false, drop: false, copies: 3, delay_ms: 2000 });
    expect(await text(`/checkoutnow?token=${id}`)).toMatch(/name="hold" checked/);
  });

  it('leads to no other site', async () => {
    const { headers } = await trouble('do=set&back=https://elsewhere.example/checkoutnow?token=X');

    expect(headers.get('location')).toBe('/');
  });

  it('takes back what is not ticked any more', async () => {
    await trouble('hold=on&drop=on&shuffle=on&copies=3&do=set');

    await trouble('copies=many&do=set');

    expect(await delivery()).toMatchObject({ hold: false, shuffle: false, drop: false, copies: 1, delay_ms: 0 });
  });

  it('sends what is held back', async () => {
    const id = await paypal.order();
    await trouble('hold=on&do=set');
    await send(`/checkoutnow?token=${id}`, 'choice=pay');
    expect(paypal.receiver.received).toEqual([]);

    await trouble('hold=on&do=flush');

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
  });

  it('takes PayPal down, until all is well again', async () => {
    const id = await paypal.order();
    const look = () => paypal.api('GET', `/v2/checkout/orders/${id}`, undefined, { wrong: true });

    await trouble('down=on&do=set');
    expect((await look()).status).toBe(503);
    await trouble('down=on&do=mend');

    expect((await look()).status).toBe(200);
  });

  it('leaves alone the faults that somebody else has set', async () => {
    const fault = { method: 'GET', path: '/v2/checkout/orders/*', status: 500, times: 2 };
    await paypal.control('PUT', 'faults', { faults: [fault] });

    await trouble('do=mend');

    expect((await paypal.control('GET', 'state')).faults).toEqual([fault]);
  });
});

describe('the page of all orders', () => {
  it('lists orders with what can happen to them, and deliveries with the shop’s answers', async () => {
    const { orderId } = await paypal.captured();

    const page = await text('/');

    expect(page).toContain(orderId);
    expect(page).toContain('COMPLETED');
    expect(page).toContain('Refund at PayPal');
    await eventually('/', /PAYMENT\.CAPTURE\.COMPLETED[\s\S]*200[\s\S]*accepted/);
  });

  it('says so where nothing has happened yet', async () => {
    expect(await text('/trouble/orders')).toContain('Buy something in the shop');
    expect(await text('/trouble/deliveries')).toContain('None yet');
  });

  it('lists the deliveries of one order alone for whoever asks', async () => {
    const [one, other] = [await paypal.order(), await paypal.order()];
    await send(`/checkoutnow?token=${one}`, 'choice=pay');

    await eventually(`/trouble/deliveries?order=${one}`, /CHECKOUT\.ORDER\.APPROVED/);
    expect(await text(`/trouble/deliveries?order=${other}`)).toContain('None yet');
  });

  it('says which deliveries were lost on purpose', async () => {
    const id = await paypal.order();
    await trouble('drop=on&do=set');
    await send(`/checkoutnow?token=${id}`, 'choice=pay');

    expect(await text(`/trouble/deliveries?order=${id}`)).toContain('lost on purpose');
  });
});

describe('the button', () => {
  it('to forge a payment sends an event that PayPal did not sign, and takes no money', async () => {
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

  it('to pay whatever the shop says takes the money', async () => {
    const id = await paypal.order();

    await press(id, 'late');

    expect(await captureOf(id)).toMatchObject({ status: 'COMPLETED' });
  });

  it.each([
    ['complete', 'COMPLETED'],
    ['decline', 'DECLINED'],
  ])('to %s a pending capture ends it', async (deed, status) => {
    const id = await paypal.order();
    await send(`/checkoutnow?token=${id}`, 'choice=echeck');
    await paypal.control('POST', `orders/${id}/capture`);

    await press(id, deed);

    expect(await captureOf(id)).toMatchObject({ status });
  });

  it.each([
    ['refund', { status: 'REFUNDED' }],
    ['reverse', { status: 'REFUNDED' }],
    ['dispute', { dispute: { status: 'OPEN' } }],
  ])('to %s does so to a captured order', async (deed, capture) => {
    const { orderId } = await paypal.captured();

    await press(orderId, deed);

    expect(await captureOf(orderId)).toMatchObject(capture);
  });

  it('to let an order expire makes PayPal forget it', async () => {
    const id = await paypal.order();

    await press(id, 'expire');

    expect((await paypal.send('GET', `/checkoutnow?token=${id}`)).status).toBe(404);
  });

  it('for what cannot happen any more does nothing', async () => {
    const { orderId } = await paypal.captured();

    expect((await press(orderId, 'expire')).status).toBe(409);
    expect((await press('NOBODY', 'forge')).status).toBe(409);
  });
});
