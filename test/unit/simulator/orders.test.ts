import { describe, expect, it } from 'vitest';
import { AMOUNT, CANCEL_URL, orderRequest, RETURN_URL, useSimulator } from './harness.ts';
import { eventIn } from './receiver.ts';

const paypal = useSimulator();
const HOURS = 60 * 60 * 1000;
const REPRESENTATION = { 'PayPal-Request-Id': 'one', prefer: 'return=representation' };

describe('POST /v2/checkout/orders', () => {
  it('returns PAYER_ACTION_REQUIRED and a payer-action link with an experience context', async () => {
    const { status, body } = await paypal.api('POST', '/v2/checkout/orders', orderRequest(), {
      headers: { 'PayPal-Request-Id': 'one' },
    });

    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[A-Z0-9]{17}$/),
      status: 'PAYER_ACTION_REQUIRED',
      payment_source: { paypal: {} },
      links: [
        { href: `${paypal.url}/v2/checkout/orders/${body.id}`, rel: 'self', method: 'GET' },
        { href: `${paypal.url}/checkoutnow?token=${body.id}`, rel: 'payer-action', method: 'GET' },
      ],
    });
  });

  it.each([
    ['an application context', { application_context: { return_url: RETURN_URL } }],
    ['no context', {}],
  ])('returns CREATED and an approve link with %s', async (_, context) => {
    const { status, body } = await paypal.api('POST', '/v2/checkout/orders', {
      intent: 'CAPTURE',
      purchase_units: [{ amount: AMOUNT }],
      ...context,
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'CREATED' });
    expect(body).not.toHaveProperty('payment_source');
    expect(body.links).toContainEqual({
      href: `${paypal.url}/checkoutnow?token=${body.id}`,
      rel: 'approve',
      method: 'GET',
    });
  });

  it('requires PayPal-Request-Id with a payment source', async () => {
    const { status, body } = await paypal.api('POST', '/v2/checkout/orders', orderRequest());

    expect(status).toBe(400);
    expect(body).toMatchObject({ name: 'INVALID_REQUEST', details: [{ issue: 'PAYPAL_REQUEST_ID_REQUIRED' }] });
  });

  it('returns the whole order with Prefer: return=representation', async () => {
    const unit = {
      reference_id: 'cart',
      description: 'Tea',
      invoice_id: 'invoice-1',
      soft_descriptor: 'TEA',
      amount: { ...AMOUNT, breakdown: { item_total: AMOUNT } },
      items: [{ name: 'Tea', quantity: '1', unit_amount: AMOUNT, sku: 'TEA' }],
    };

    const { body } = await paypal.api('POST', '/v2/checkout/orders', orderRequest(unit), { headers: REPRESENTATION });

    expect(body).toMatchObject({
      intent: 'CAPTURE',
      purchase_units: [{ ...unit, custom_id: 'pay_1', payee: { email_address: 'merchant@example.com' } }],
    });
    expect(body.create_time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('sets the reference id "default"', async () => {
    const id = await paypal.order();

    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect(body).toMatchObject({ purchase_units: [{ reference_id: 'default' }] });
  });

  it('has no buyer data before the approval', async () => {
    const id = await paypal.order();

    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect(body).toMatchObject({ status: 'PAYER_ACTION_REQUIRED', payment_source: { paypal: {} } });
    expect(JSON.stringify(body)).not.toMatch(/buyer@example\.com|Zoë/);
  });
});

describe('POST /_sim/orders/{id}/approve', () => {
  it('returns the return URL with token and PayerID appended to its query', async () => {
    const id = await paypal.order();

    const response = await paypal.control('POST', `orders/${id}/approve`);

    expect(response).toEqual({ redirect_url: `${RETURN_URL}&token=${id}&PayerID=BUYER22222222` });
  });

  it('adds the buyer and the shipping address', async () => {
    const id = await paypal.approvedOrder();

    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect(body).toMatchObject({
      status: 'APPROVED',
      payer: {
        name: { given_name: 'Zoë', surname: 'Sample' },
        email_address: 'buyer@example.com',
        payer_id: 'BUYER22222222',
      },
      payment_source: { paypal: { account_id: 'BUYER22222222', account_status: 'VERIFIED' } },
      purchase_units: [
        { shipping: { name: { full_name: 'Zoë Sample' }, address: { country_code: 'DE', postal_code: '12345' } } },
      ],
    });
  });

  it.each([
    ['NO_SHIPPING', undefined],
    ['SET_PROVIDED_ADDRESS', { name: { full_name: 'Shop Address' }, address: { country_code: 'FR' } }],
  ])('keeps the shop’s shipping data with %s', async (shipping_preference, shipping) => {
    const id = await paypal.approvedOrder({}, orderRequest({ ...(shipping && { shipping }) }, { shipping_preference }));

    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);

    expect((body.purchase_units as { shipping?: object }[])[0]?.shipping).toEqual(shipping);
  });

  it('sets who pays and where to ship, for this approval', async () => {
    const id = await paypal.order();
    const shipping = {
      name: { full_name: 'Ann Other' },
      address: { address_line_1: '2 Side Street', country_code: 'FR' },
    };
    const payer = { email_address: 'ann@example.com', name: { given_name: 'Ann', surname: 'Other' } };

    await paypal.control('POST', `orders/${id}/approve`);
    await paypal.control('POST', `orders/${id}/approve`, { shipping, payer });
    const [first, second] = (await paypal.receiver.until(2)).map(eventIn);

    expect(first).toMatchObject({
      resource: {
        payer: { email_address: 'buyer@example.com' },
        purchase_units: [{ shipping: { address: { country_code: 'DE' } } }],
      },
    });
    expect(second).toMatchObject({
      resource: {
        payer: { ...payer, payer_id: 'BUYER22222222' },
        payment_source: { paypal: { email_address: 'ann@example.com' } },
        purchase_units: [{ shipping }],
      },
    });
  });

  it('sends CHECKOUT.ORDER.APPROVED with a snapshot of the order', async () => {
    const id = await paypal.approvedOrder();
    await paypal.receiver.until(1);

    expect(paypal.receiver.types()).toEqual(['CHECKOUT.ORDER.APPROVED']);
    expect(JSON.parse(String(paypal.receiver.received[0]?.body))).toMatchObject({
      resource: { id, status: 'APPROVED' },
    });
  });

  it('rejects a captured order', async () => {
    const { orderId } = await paypal.captured();

    expect(await paypal.send('POST', `/_sim/orders/${orderId}/approve`)).toMatchObject({ status: 409 });
  });

  it('returns no redirect without a return URL', async () => {
    const id = await paypal.order({ intent: 'CAPTURE', purchase_units: [{ amount: AMOUNT }] });

    expect(await paypal.control('POST', `orders/${id}/approve`)).toEqual({ redirect_url: null });
  });
});

describe('PUT /_sim/orders/{id}', () => {
  const shipping = { address: { address_line_1: '2 Side Street', country_code: 'FR' } };
  const shippingOf = async (id: string) => {
    const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);
    return (body.purchase_units as { shipping?: object }[])[0]?.shipping;
  };

  it('changes the address of an approved order, without an event', async () => {
    const id = await paypal.approvedOrder();

    const order = await paypal.control('PUT', `orders/${id}`, { shipping });

    expect(order).toMatchObject({ purchase_units: [{ shipping }], payer: { email_address: 'buyer@example.com' } });
    expect(await shippingOf(id)).toEqual(shipping);
    expect(Object.keys((await paypal.control('GET', 'state')).events as object)).toHaveLength(1);
  });

  it('is visible from the approval on', async () => {
    const id = await paypal.order();
    await paypal.control('PUT', `orders/${id}`, { shipping });

    expect(await shippingOf(id)).toBeUndefined();
    await paypal.control('POST', `orders/${id}/approve`);
    expect(await shippingOf(id)).toEqual(shipping);
  });

  it('keeps the address of one change in the next', async () => {
    const id = await paypal.approvedOrder({ shipping });

    await paypal.control('PUT', `orders/${id}`, { payer: { address: { country_code: 'FR' } } });

    expect(await shippingOf(id)).toEqual(shipping);
  });

  it('does not add an address with NO_SHIPPING', async () => {
    const id = await paypal.approvedOrder({ shipping }, orderRequest({}, { shipping_preference: 'NO_SHIPPING' }));

    expect(await shippingOf(id)).toBeUndefined();
  });
});

describe('update_time', () => {
  it('changes at each approval, change of address and capture, in milliseconds', async () => {
    const id = await paypal.order();
    const times: string[] = [];
    for (const [method, action] of [
      ['POST', '/approve'],
      ['PUT', ''],
      ['POST', '/approve'],
      ['POST', '/capture'],
      ['POST', '/capture-again'],
    ] as const) {
      paypal.passTime(3);
      await paypal.control(method, `orders/${id}${action}`, {});
      times.push(String((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.update_time));
    }

    expect(times.every((time) => /\.\d{3}Z$/.test(time))).toBe(true);
    expect(times).toEqual([...new Set(times)].sort());
  });
});

describe('POST /_sim/orders/{id}/cancel', () => {
  it('changes nothing and sends no event', async () => {
    const id = await paypal.order();

    expect(await paypal.control('POST', `orders/${id}/cancel`)).toEqual({ redirect_url: `${CANCEL_URL}&token=${id}` });

    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('PAYER_ACTION_REQUIRED');
    expect((await paypal.control('GET', 'state')).events).toEqual({});
  });
});

describe('POST /_sim/orders/{id}/reverse-approval', () => {
  it('voids the order and sends an event without resource type and id', async () => {
    const id = await paypal.approvedOrder({}, orderRequest({ invoice_id: 'invoice-1' }));

    await paypal.control('POST', `orders/${id}/reverse-approval`);
    const [, reversed] = await paypal.receiver.until(2);

    const event = JSON.parse(String(reversed?.body));
    expect(event).toMatchObject({
      event_type: 'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
      resource: {
        order_id: id,
        purchase_units: [{ reference_id: 'default', custom_id: 'pay_1', invoice_id: 'invoice-1' }],
      },
    });
    expect(event).not.toHaveProperty('resource_type');
    expect(event.resource).not.toHaveProperty('id');
    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).body.status).toBe('VOIDED');
    expect((await paypal.send('POST', `/_sim/orders/${id}/reverse-approval`)).status).toBe(409);
  });
});

describe('an order', () => {
  const gone = { status: 404, body: { name: 'RESOURCE_NOT_FOUND', details: [{ issue: 'INVALID_RESOURCE_ID' }] } };

  it.each([
    ['its creation when it is not approved', () => paypal.order()],
    ['its approval when it is not captured', () => paypal.approvedOrder()],
  ])('expires 3 hours after %s', async (_, make) => {
    const id = await make();

    paypal.passTime(3 * HOURS - 10_000);
    await paypal.signIn();
    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).status).toBe(200);
    paypal.passTime(20_000);

    expect(await paypal.api('GET', `/v2/checkout/orders/${id}`)).toMatchObject(gone);
    expect(await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {})).toMatchObject(gone);
  });

  it('is extended by its approval', async () => {
    const id = await paypal.order();
    paypal.passTime(2 * HOURS);
    await paypal.control('POST', `orders/${id}/approve`);
    paypal.passTime(2 * HOURS);

    expect((await paypal.api('GET', `/v2/checkout/orders/${id}`)).status).toBe(200);
  });

  it('expires by the control API', async () => {
    const id = await paypal.approvedOrder();

    await paypal.control('POST', `orders/${id}/expire`);

    expect(await paypal.api('GET', `/v2/checkout/orders/${id}`)).toMatchObject(gone);
    expect((await paypal.send('POST', `/_sim/orders/${id}/approve`)).status).toBe(404);
  });

  it('never expires once captured', async () => {
    const { orderId } = await paypal.captured();
    paypal.passTime(100 * HOURS);
    await paypal.signIn();

    expect((await paypal.api('GET', `/v2/checkout/orders/${orderId}`)).body.status).toBe('COMPLETED');
    expect((await paypal.send('POST', `/_sim/orders/${orderId}/expire`)).status).toBe(409);
  });
});

describe('GET /v2/checkout/orders/{id}', () => {
  it('responds with 404 to an unknown id', async () => {
    expect(await paypal.api('GET', '/v2/checkout/orders/0000000000000000X')).toMatchObject({
      status: 404,
      body: {
        links: [{ href: 'https://developer.paypal.com/api/rest/reference/orders/v2/errors/#INVALID_RESOURCE_ID' }],
      },
    });
  });
});
