import { describe, expect, it } from 'vitest';
import { AMOUNT, orderRequest, RETURN_URL, useSimulator } from './harness.ts';

const paypal = useSimulator();
const eur = (value: string) => ({ currency_code: 'EUR', value });
const UNIT = "/purchase_units/@reference_id=='default'";

/** An order that the buyer has not approved, and that links to `update`. */
const created = (unit: object = {}) =>
  paypal.order({
    intent: 'CAPTURE',
    purchase_units: [{ amount: AMOUNT, custom_id: 'pay_1', ...unit }],
    application_context: { return_url: RETURN_URL },
  });
const patch = (id: string, body: unknown, invalid = false) =>
  paypal.api('PATCH', `/v2/checkout/orders/${id}`, body, { invalid });
const unitOf = async (id: string) => {
  const { body } = await paypal.api('GET', `/v2/checkout/orders/${id}`);
  return (body.purchase_units as Record<string, unknown>[])[0];
};

describe('PATCH /v2/checkout/orders/{id}', () => {
  it.each([
    ['add', 'invoice_id', 'invoice-1', 'invoice-1'],
    ['replace', 'custom_id', 'pay_2', 'pay_2'],
    ['remove', 'custom_id', undefined, undefined],
    ['replace', 'amount', eur('5.00'), eur('5.00')],
    ['add', 'shipping/address', { country_code: 'FR' }, undefined],
  ])('can %s %s', async (op, attribute, value, expected) => {
    const id = await created();

    const { status, body } = await patch(id, [{ op, path: `${UNIT}/${attribute}`, value }]);

    expect({ status, body }).toEqual({ status: 204, body: '' });
    const unit = await unitOf(id);
    expect(attribute === 'shipping/address' ? unit?.shipping : unit?.[attribute]).toEqual(
      attribute === 'shipping/address' ? { address: value } : expected,
    );
  });

  it('applies changes in sequence', async () => {
    const id = await created();

    const changes = [
      { op: 'remove', path: `${UNIT}/custom_id` },
      { op: 'add', path: `${UNIT}/custom_id`, value: 'pay_2' },
    ];

    expect((await patch(id, changes)).status).toBe(204);
    expect(await unitOf(id)).toMatchObject({ custom_id: 'pay_2' });
  });

  it('is used by the capture of an approved order', async () => {
    const id = await paypal.approvedOrder();

    await patch(id, [{ op: 'replace', path: `${UNIT}/custom_id`, value: 'pay_2' }]);
    await paypal.api('POST', `/v2/checkout/orders/${id}/capture`, {});

    expect(await unitOf(id)).toMatchObject({ payments: { captures: [{ custom_id: 'pay_2' }] } });
  });

  it.each([
    ['no path', { op: 'replace', value: 'x' }, 422, 'PATCH_PATH_REQUIRED'],
    ['no value', { op: 'replace', path: `${UNIT}/custom_id` }, 422, 'PATCH_VALUE_REQUIRED'],
    ['a path that is no pointer', { op: 'remove', path: 'custom_id' }, 422, 'INVALID_JSON_POINTER_FORMAT'],
    ['another attribute', { op: 'replace', path: '/intent', value: 'CAPTURE' }, 422, 'NOT_PATCHABLE'],
    [
      'an unknown reference id',
      { op: 'remove', path: "/purchase_units/@reference_id=='x'/custom_id" },
      422,
      'REFERENCE_ID_NOT_FOUND',
    ],
    [
      'add of a present attribute',
      { op: 'add', path: `${UNIT}/custom_id`, value: 'x' },
      400,
      'INVALID_PATCH_OPERATION',
    ],
    ['remove of a missing one', { op: 'remove', path: `${UNIT}/invoice_id` }, 400, 'INVALID_PATCH_OPERATION'],
    ['an operation of another one', { op: 'remove', path: `${UNIT}/amount` }, 400, 'INVALID_PATCH_OPERATION'],
    [
      'a value that is too long',
      { op: 'replace', path: `${UNIT}/custom_id`, value: 'x'.repeat(128) },
      400,
      'INVALID_STRING_LENGTH',
    ],
    [
      'an amount of zero',
      { op: 'replace', path: `${UNIT}/amount`, value: eur('0.00') },
      422,
      'CANNOT_BE_ZERO_OR_NEGATIVE',
    ],
    [
      'yen with decimals',
      { op: 'replace', path: `${UNIT}/amount`, value: { currency_code: 'JPY', value: '1.5' } },
      400,
      'INVALID_PARAMETER_SYNTAX',
    ],
  ])('is refused with %s', async (_, change, status, issue) => {
    const id = await created();

    expect(await patch(id, [change])).toMatchObject({ status, body: { details: [{ issue }] } });
    expect(await unitOf(id)).toMatchObject({ amount: AMOUNT, custom_id: 'pay_1' });
  });

  it('is refused without an operation', async () => {
    expect(await patch(await created(), [{ path: '/x' }], true)).toMatchObject({
      status: 400,
      body: { details: [{ field: '/0/op', issue: 'MISSING_REQUIRED_PARAMETER' }] },
    });
  });

  const amountChange = [{ op: 'replace', path: `${UNIT}/amount`, value: eur('5.00') }];

  it.each([
    ['waits for the buyer', () => paypal.order(), 'NOT_PATCHABLE'],
    ['is approved for another amount', () => paypal.approvedOrder(), 'AMOUNT_CHANGE_NOT_ALLOWED'],
    ['is captured', async () => (await paypal.captured()).orderId, 'ORDER_ALREADY_COMPLETED'],
  ])('is refused when the order %s', async (_, make, issue) => {
    expect(await patch(await make(), amountChange)).toMatchObject({ status: 422, body: { details: [{ issue }] } });
  });

  it('responds with 404 to an unknown order', async () => {
    expect((await patch('X', [])).status).toBe(404);
  });
});

describe('POST /v2/checkout/orders/{id}/authorize', () => {
  it('is refused for orders with intent CAPTURE', async () => {
    const id = await paypal.approvedOrder({}, orderRequest());

    expect(await paypal.api('POST', `/v2/checkout/orders/${id}/authorize`, {})).toMatchObject({
      status: 422,
      body: { details: [{ issue: 'ACTION_DOES_NOT_MATCH_INTENT' }] },
    });
  });

  it('responds with 404 to an unknown order', async () => {
    expect((await paypal.api('POST', '/v2/checkout/orders/X/authorize', {})).status).toBe(404);
  });
});
