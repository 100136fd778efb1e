import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MalformedPayPalBody } from '../../../src/paypal/errors.ts';
import {
  captureFrom,
  createdOrderFrom,
  disputeFrom,
  linksFrom,
  orderFrom,
  refundFrom,
} from '../../../src/paypal/schema.ts';
import { recorded, recordedEvent } from './scripted-paypal.ts';

const amount = { currency_code: 'EUR', value: '19.99' };
const capture = { id: '2TX70987CY861683L', status: 'COMPLETED', amount };
const refund = { id: '52V51802J2543164M', status: 'COMPLETED', amount };
const order = { id: '1DS82296EK2660116', status: 'APPROVED' };

const thrownBy = (read: () => unknown): MalformedPayPalBody => {
  try {
    read();
  } catch (error) {
    if (error instanceof MalformedPayPalBody) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('orderFrom', () => {
  it('reads the recorded response to a GET', () => {
    expect(orderFrom(recorded('sandbox2023__GET-order.COMPLETED.representation'))).toEqual({
      id: '1DS82296EK2660116',
      status: 'COMPLETED',
      custom_id: '0712/LDEV230712-1714-0013/12/',
      amount: { currency: 'EUR', minor: 4100 },
      captures: [
        {
          id: '2TX70987CY861683L',
          status: 'COMPLETED',
          amount: { currency: 'EUR', minor: 4100 },
          custom_id: '0712/LDEV230712-1714-0013/12/',
          order_id: '1DS82296EK2660116',
          created_at: '2023-07-12T15:15:24.000Z',
          updated_at: '2023-07-12T15:15:24.000Z',
        },
      ],
      refunds: [],
      buyer: { name: 'Test Buyer', email: 'buyer@example.com', ship_to: { name: 'Test Buyer' } },
      updated_at: '2023-07-12T15:15:24.000Z',
    });
  });

  it('reads the recorded minimal response to a capture', () => {
    expect(orderFrom(recorded('sandbox2023__POST-orders-capture.minimal'))).toEqual({
      id: '1788572669270162R',
      status: 'COMPLETED',
      captures: [
        {
          id: '8R261647WV282751T',
          status: 'COMPLETED',
          amount: { currency: 'USD', minor: 100 },
          order_id: '1788572669270162R',
          created_at: '2023-12-28T19:26:28.000Z',
          updated_at: '2023-12-28T19:26:28.000Z',
        },
      ],
      refunds: [],
      buyer: {
        name: 'test buyer',
        email: 'buyer@example.com',
        ship_to: {
          name: 'test buyer',
          address_line_1: '1 Main St',
          admin_area_2: 'San Jose',
          admin_area_1: 'CA',
          postal_code: '95131',
          country_code: 'US',
        },
      },
    });
  });

  it('reads the recorded response to a new order, without a buyer', () => {
    expect(orderFrom(recorded('sandbox2021__POST-orders.application_context.representation.201'))).toEqual({
      id: '9TR72342FD000791G',
      status: 'CREATED',
      amount: { currency: 'INR', minor: 12025 },
      captures: [],
      refunds: [],
    });
  });

  it('takes the buyer from the wallet when there is no payer', () => {
    const paypal = { name: { given_name: 'Ann', surname: 'Lee' }, email_address: 'ann@example.com' };

    expect(orderFrom({ ...order, payment_source: { paypal } }).buyer).toEqual({
      name: 'Ann Lee',
      email: 'ann@example.com',
    });
  });

  it('prefers the payer to the wallet', () => {
    const payer = { name: { given_name: 'Ann', surname: 'Lee' }, email_address: 'ann@example.com' };
    const paypal = { name: { given_name: 'Bob' }, email_address: 'bob@example.com' };

    expect(orderFrom({ ...order, payer, payment_source: { paypal } }).buyer).toEqual({
      name: 'Ann Lee',
      email: 'ann@example.com',
    });
  });

  it('treats an invalid part of the address as missing', () => {
    const shipping = { name: null, address: { address_line_1: 5, address_line_2: '', postal_code: '1172' } };

    const read = orderFrom({ ...order, payer: 'Ann', purchase_units: [{ amount, shipping }], payment_source: null });

    expect(read.buyer).toEqual({ ship_to: { postal_code: '1172' } });
  });

  it('takes custom_id from the capture when the order has none', () => {
    const purchase_units = [{ payments: { captures: [{ ...capture, custom_id: 'pay_1' }] } }];

    expect(orderFrom({ ...order, purchase_units }).custom_id).toBe('pay_1');
  });

  it('sets the order id of its captures when they have no link', () => {
    const read = orderFrom({ ...order, purchase_units: [{ payments: { captures: [capture] } }] });

    expect(read.captures[0]?.order_id).toBe('1DS82296EK2660116');
  });

  it('reads its refunds', () => {
    const links = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/2TX70987CY861683L' }];
    const purchase_units = [{ payments: { captures: [capture], refunds: [{ ...refund, links }] } }];

    expect(orderFrom({ ...order, purchase_units }).refunds).toEqual([
      {
        id: '52V51802J2543164M',
        status: 'COMPLETED',
        amount: { currency: 'EUR', minor: 1999 },
        capture_id: '2TX70987CY861683L',
      },
    ]);
  });

  it('keeps an unknown status', () => {
    expect(orderFrom({ ...order, status: 'ON_THE_MOON' }).status).toBe('ON_THE_MOON');
  });
});

describe('orderFrom with parts missing', () => {
  const links = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/2TX70987CY861683L' }];
  const withPayments = (payments: unknown) => orderFrom({ ...order, purchase_units: [{ payments }] });

  it.each<[string, object]>([
    ['null for all', { status: null, purchase_units: null, payer: null, payment_source: null, links: null }],
    ['nothing but its id', { status: undefined }],
    ['null as purchase unit', { purchase_units: [null], status: '' }],
    ['null in its purchase unit', { purchase_units: [{ payments: null, amount: null, custom_id: null }], status: 5 }],
    ['null as lists', { purchase_units: [{ payments: { captures: null, refunds: null } }], status: null }],
  ])('reads an order with %s', (_, parts) => {
    expect(orderFrom({ ...order, ...parts })).toEqual({ id: order.id, status: 'UNKNOWN', captures: [], refunds: [] });
  });

  it.each([
    ['no amount', { ...capture, amount: undefined }],
    ['null as amount', { ...capture, amount: null }],
    ['a number as amount', { ...capture, amount: { ...amount, value: 19.99 } }],
    ['no id', { ...capture, id: undefined }],
    ['null', null],
  ])('leaves out a capture with %s, and says so', (_, odd) => {
    const read = withPayments({ captures: [odd, capture] });

    expect(read.captures.map(({ id }) => id)).toEqual([capture.id]);
    expect(read.incomplete).toBe(true);
  });

  it.each([
    ['whose amount is missing', { ...refund, links, amount: null }],
    ['of an unknown one of several captures', refund],
  ])('leaves out all refunds when there is one %s', (_, odd) => {
    const captures = [capture, { ...capture, id: 'OTHER' }];
    const read = withPayments({ captures, refunds: [{ ...refund, links }, odd] });

    expect(read).toMatchObject({ refunds: [], incomplete: true });
    expect(read.captures).toHaveLength(2);
  });

  it('leaves out all refunds when there is one in another currency than its capture', () => {
    const dollars = { currency_code: 'USD', value: '19.99' };
    const read = withPayments({ captures: [capture], refunds: [refund, { ...refund, id: 'OTHER', amount: dollars }] });

    expect(read).toMatchObject({ refunds: [], incomplete: true });
    expect(read.captures).toHaveLength(1);
  });

  it.each([null, { total_refunded_amount: null }, 'odd'])('reads a refund with %o as its breakdown', (odd) => {
    expect(refundFrom({ ...refund, seller_payable_breakdown: odd })).not.toHaveProperty('total_refunded');
  });

  it('assigns a refund without a link to the only capture', () => {
    const read = withPayments({ captures: [capture], refunds: [{ ...refund, links: null }] });

    expect(read.refunds).toMatchObject([{ id: refund.id, capture_id: capture.id }]);
    expect(read).not.toHaveProperty('incomplete');
  });

  it('reads the link beside one that is unreadable', () => {
    const wire = { ...refund, links: [null, { rel: 'self' }, 'up', ...links] };

    expect(refundFrom(wire).capture_id).toBe('2TX70987CY861683L');
  });
});

describe('disputeFrom', () => {
  it('reads a dispute with all fields', () => {
    const wire = {
      dispute_id: 'PP-D-4012',
      status: 'OPEN',
      create_time: '2026-01-01T10:00:00.000Z',
      update_time: '2026-01-01T12:00:00+01:00',
      disputed_transactions: [
        { seller_transaction_id: 'CAPTURE1', reference_id: 'REFERENCE', custom: 'pay_1' },
        null,
        { seller_transaction_id: null, buyer_transaction_id: 'OTHER' },
      ],
    };

    expect(disputeFrom(wire)).toEqual({
      id: 'PP-D-4012',
      status: 'OPEN',
      created_at: '2026-01-01T10:00:00.000Z',
      updated_at: '2026-01-01T11:00:00.000Z',
      transactions: [
        { orderIds: [], captureIds: ['CAPTURE1', 'REFERENCE'], customIds: ['pay_1'] },
        { orderIds: [], captureIds: [], customIds: [] },
      ],
    });
  });

  it.each([
    {},
    { dispute_id: null, status: null, create_time: null, update_time: null, disputed_transactions: null },
    { dispute_id: '__proto__', status: 5, create_time: 'yesterday', disputed_transactions: 'all' },
  ])('reads %o as a dispute of which nothing is known', (wire) => {
    expect(disputeFrom(wire)).toEqual({ transactions: [] });
  });
});

describe('linksFrom', () => {
  const at = (path: string) => `https://api.paypal.com/v2/${path}`;

  it.each<[string, object, Parameters<typeof linksFrom>[1], Partial<ReturnType<typeof linksFrom>>]>([
    ['the id of an order', { id: 'O' }, 'order', { orderIds: ['O'] }],
    ['the id of a capture', { id: 'C' }, 'capture', { captureIds: ['C'] }],
    ['an id of either', { id: 'X' }, 'either', { orderIds: ['X'], captureIds: ['X'] }],
    ['no refund’s id', { id: 'R' }, 'neither', {}],
    ['an order_id', { order_id: 'O' }, 'neither', { orderIds: ['O'] }],
    ['a custom_id', { custom_id: 'P' }, 'neither', { customIds: ['P'] }],
    [
      'related ids',
      { supplementary_data: { related_ids: { order_id: 'O', capture_id: 'C' } } },
      'neither',
      { orderIds: ['O'], captureIds: ['C'] },
    ],
    [
      'links',
      {
        links: [
          { rel: 'up', href: at('checkout/orders/O') },
          { rel: 'self', href: at('payments/captures/C') },
          { rel: 'refund', href: at('payments/captures/X/refund') },
          { rel: 'up', href: at('payments/authorizations/A') },
          null,
        ],
      },
      'neither',
      { orderIds: ['O'], captureIds: ['C'] },
    ],
    [
      'purchase units',
      { purchase_units: [null, { custom_id: 'P' }, { payments: { captures: [null, { id: 'C', custom_id: 'Q' }] } }] },
      'neither',
      { customIds: ['P', 'Q'], captureIds: ['C'] },
    ],
    ['nothing of a text', { id: { odd: true }, links: 'none', purchase_units: 5, custom_id: 5 }, 'either', {}],
    ['nothing from an id that would address another resource', { id: '../x' }, 'either', {}],
  ])('returns %s', (_, wire, idOf, expected) => {
    expect(linksFrom(wire, idOf)).toEqual({ orderIds: [], captureIds: [], customIds: [], ...expected });
  });

  it('returns the first ids of many', () => {
    const captures = Array.from({ length: 1000 }, (_, i) => ({ id: `C${i}` }));

    expect(linksFrom({ purchase_units: [{ payments: { captures } }] }, 'order').captureIds).toHaveLength(10);
  });
});

describe('createdOrderFrom', () => {
  it.each([
    [
      'payer-action',
      'sandbox2023__POST-orders.experience_context.minimal',
      '1788572669270162R',
      'PAYER_ACTION_REQUIRED',
    ],
    ['approve', 'sandbox2021__POST-orders.application_context.representation.201', '9TR72342FD000791G', 'CREATED'],
  ])('returns the link %s', (_, name, id, status) => {
    expect(createdOrderFrom(recorded(name))).toEqual({
      id,
      status,
      approveUrl: `https://www.sandbox.paypal.com/checkoutnow?token=${id}`,
    });
  });

  it.each([
    ['there is none', []],
    ['it is not an HTTP URL', [{ rel: 'approve', href: 'javascript:alert(1)' }]],
  ])('throws when the approval link is missing: %s', (_, links) => {
    expect(thrownBy(() => createdOrderFrom({ ...order, links }))).toMatchObject({ path: 'links' });
  });
});

describe('captureFrom', () => {
  it.each([
    [
      'paypal-rs__PAYMENT.CAPTURE.COMPLETED',
      {
        id: '12A34567BC123456S',
        status: 'COMPLETED',
        amount: { currency: 'USD', minor: 3000 },
        order_id: '1AB234567A1234567',
        created_at: '2022-08-23T18:29:50.000Z',
        updated_at: '2022-08-23T18:29:50.000Z',
      },
    ],
    [
      'paypal2__HOOK_PAYMENT_CAPTURE_PENDING_V2',
      {
        id: '02T21492PP3782704',
        status: 'PENDING',
        reason: 'UNILATERAL',
        amount: { currency: 'USD', minor: 251 },
        order_id: '8PR65097T8571330M',
        created_at: '2018-08-15T20:02:40.000Z',
        updated_at: '2018-08-15T20:02:40.000Z',
      },
    ],
    [
      'paypal2__HOOK_PAYMENT_CAPTURE_DECLINED_V2',
      {
        id: '7U133281TB3277326',
        status: 'DECLINED',
        amount: { currency: 'USD', minor: 18510 },
        custom_id: 'CUSTOMID-1001',
        order_id: '48R416400V564864N',
        created_at: '2022-12-13T19:13:00.000Z',
        updated_at: '2022-12-13T19:13:00.000Z',
      },
    ],
  ])('reads the recorded event %s', (name, expected) => {
    expect(captureFrom(recordedEvent(name).resource)).toEqual(expected);
  });

  it('does not take the link to an authorization for an order', () => {
    const links = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/authorizations/24B76447NN600461P' }];

    expect(captureFrom({ ...capture, links })).not.toHaveProperty('order_id');
  });

  it('does not take the self link for the order', () => {
    const links = [{ rel: 'self', href: 'https://api.paypal.com/v2/checkout/orders/24B76447NN600461P' }];

    expect(captureFrom({ ...capture, links })).not.toHaveProperty('order_id');
  });

  it.each([
    ['JPY', '500', 500],
    ['JPY', '500.00', 500],
    ['EUR', '.5', 50],
    ['EUR', '5', 500],
  ])('reads %s %s as %i minor units', (currency_code, value, minor) => {
    expect(captureFrom({ ...capture, amount: { currency_code, value } }).amount).toEqual({
      currency: currency_code,
      minor,
    });
  });

  it('has no time when PayPal’s is missing or invalid', () => {
    expect(captureFrom({ ...capture, update_time: 'yesterday' })).not.toHaveProperty('updated_at');
  });
});

describe('refundFrom', () => {
  it('reads the recorded response to a refund', () => {
    expect(refundFrom(recorded('sandbox2021__POST-captures-refund.201'))).toEqual({
      id: '52V51802J2543164M',
      status: 'COMPLETED',
      amount: { currency: 'EUR', minor: 100 },
      capture_id: '2DW1411898692761B',
      total_refunded: { currency: 'EUR', minor: 100 },
      updated_at: '2021-10-06T14:31:16.000Z',
    });
  });

  it.each([
    ['REFUNDED', '1Y107995YT783435V', 99, '0JF852973C016714D', 198, '2018-08-15T19:13:29.000Z'],
    ['REVERSED', '09E71677NS257044M', 251, '4L335234718889942', 251, '2018-08-15T21:30:10.000Z'],
  ])('reads the recorded event %s with the total refunded', (kind, id, minor, capture_id, total, at) => {
    expect(refundFrom(recordedEvent(`paypal2__HOOK_PAYMENT_CAPTURE_${kind}_V2`).resource)).toEqual({
      id,
      status: 'COMPLETED',
      amount: { currency: 'USD', minor },
      capture_id,
      total_refunded: { currency: 'USD', minor: total },
      updated_at: at,
    });
  });
});

describe('MalformedPayPalBody', () => {
  it.each([
    ['nothing', () => captureFrom(undefined), 'capture', ''],
    ['an event instead of its resource', () => refundFrom({ resource: refund }), 'refund', 'id'],
    ['an invalid id', () => captureFrom({ ...capture, id: '../../orders' }), 'capture', 'id'],
    ['no amount', () => captureFrom({ ...capture, amount: undefined }), 'capture', 'amount'],
    [
      'an amount that is a number',
      () => captureFrom({ ...capture, amount: { ...amount, value: 5 } }),
      'capture',
      'amount.value',
    ],
    ['an empty amount', () => refundFrom({ ...refund, amount: { ...amount, value: '' } }), 'refund', 'amount.value'],
    [
      'an amount with too many decimals',
      () => refundFrom({ ...refund, amount: { currency_code: 'JPY', value: '1.5' } }),
      'refund',
      'amount',
    ],
    [
      'an amount too large to be exact',
      () => refundFrom({ ...refund, amount: { ...amount, value: '99999999999999.99' } }),
      'refund',
      'amount',
    ],
    [
      'an invalid currency',
      () => captureFrom({ ...capture, amount: { ...amount, currency_code: 'euro' } }),
      'capture',
      'amount.currency_code',
    ],
    [
      'captures that are no list',
      () => orderFrom({ ...order, purchase_units: [{ payments: { captures: capture } }] }),
      'order',
      'purchase_units.0.payments.captures',
    ],
  ])('has the path of %s', (_, read, expected, path) => {
    const error = thrownBy(read);

    expect(error).toMatchObject({ name: 'MalformedPayPalBody', expected, path });
  });

  it('quotes no value, not even in its cause', () => {
    const buyer = { payer: { email_address: 'ann@example.com' } };
    const errors = [
      thrownBy(() => orderFrom({ ...order, ...buyer, id: 'secret/id' })),
      thrownBy(() => orderFrom({ ...order, ...buyer, purchase_units: { secret: 'ann@example.com' } })),
      thrownBy(() => captureFrom({ ...capture, amount: { ...amount, value: 'secret' } })),
      thrownBy(() => captureFrom({ ...capture, amount: { currency_code: 'JPY', value: '4711.5' } })),
    ];

    for (const error of errors) expect(inspect(error, { depth: 20 })).not.toMatch(/secret|example|4711/);
    for (const error of errors) expect(error.cause).toBeInstanceOf(Error);
  });
});
