import { describe, expect, it } from 'vitest';
import { type EraseDeps, type EraseRequest, eraseBuyerData, findBuyerData } from '../../../ops/erase-buyer.ts';
import type { Order } from '../../../src/fulfillment/order.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { Buyer } from '../../../src/paypal/schema.ts';
import type { EventBody, StoredEvent } from '../../../src/paypal-webhook/stored-event.ts';
import { type OrderId, orderIdOf, type PaymentId } from '../../../src/shared/ids.ts';

const ID = 'ord_01JZ8Q4W3V5Y7X9R2T6N8M0KBC';
const PAYMENT_ID = 'pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC';
const OTHER_PAYMENT = 'pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBD';
const OTHER_ID = orderIdOf(OTHER_PAYMENT);
const ADA = 'ada@mail.example';

interface Stored {
  readonly order?: Partial<Order>;
  readonly payment?: Partial<Payment>;
  readonly buyers?: Readonly<Partial<Record<OrderId, Buyer>>>;
  readonly events?: readonly EventBody[];
}

/** Repositories that hold these, and record what is written. */
function repositories({ order, payment, buyers = {}, events = [] }: Stored) {
  const written: string[] = [];
  const stored = [...events];
  const deps: EraseDeps = {
    orders: {
      getAll: async ([id]) => (order && id === ID ? [order as Order] : []),
      buyer: async (id) => buyers[id],
      async *buyers() {
        for (const [id, buyer] of Object.entries(buyers)) if (buyer) yield { order_id: id as OrderId, buyer };
      },
      eraseBuyer: async (id) => void written.push(`buyer ${id}`),
    },
    payments: {
      get: async (id) => (id === PAYMENT_ID ? (payment as Payment | undefined) : undefined),
      markErased: async (id) => {
        written.push(`mark ${id}`);
        return { found: undefined };
      },
    },
    events: {
      get: async (id) => stored.find(({ event_id }) => event_id === id) as StoredEvent | undefined,
      async *bodies() {
        yield* stored;
      },
      async eraseBody(id) {
        written.push(`event ${id}`);
        return true;
      },
    },
    audit: { write: async ({ target }) => void written.push(`audit ${target}`) },
    ulid: () => '01JZ8Q4W3V5Y7X9R2T6N8M0KBE',
    now: () => new Date('2026-06-01T12:00:00.000Z'),
  };
  return { deps, written, stored };
}

const event = (event_id: string, body: object | '', payment_id?: PaymentId): EventBody => ({
  event_id,
  body: body && JSON.stringify(body),
  ...(payment_id && { payment_id }),
});

/** The ids of the orders and events that a request finds. */
async function found(stored: Stored, request: EraseRequest) {
  const data = await findBuyerData(repositories(stored).deps, request);
  return data && [...data.orders.map(({ order_id }) => order_id), ...data.events.map(({ event_id }) => event_id)];
}

const BY_ORDER = { by: 'order', id: ID } as const;
const BY_EMAIL = { by: 'email', id: ADA } as const;

describe('findBuyerData by order', () => {
  it.each<[string, Stored, boolean]>([
    ['an order', { order: {} }, false],
    ['a void order', { order: { status: 'void' } }, false],
    ['a payment without an order', { payment: {} }, false],
    ['a buyer without an order', { buyers: { [ID]: { name: 'Ada' } } }, true],
    ['an erased event of an unknown payment', { events: [event('1', '', PAYMENT_ID)] }, false],
  ])('finds %s', async (_, stored, buyer) => {
    expect(await findBuyerData(repositories(stored).deps, BY_ORDER)).toMatchObject({
      orders: [{ order_id: ID, buyer }],
      events: [],
    });
  });

  it.each<[string, object, PaymentId?]>([
    ['is linked to its payment', {}, PAYMENT_ID],
    ['names the payment', { custom_id: PAYMENT_ID }],
    ['names the PayPal order', { id: 'ORDER1' }],
    ['names the capture', { id: 'CAPTURE1' }],
    ['names a refund', { id: 'REFUND1' }],
    ['names another capture of the PayPal order', { id: 'CAPTURE2' }],
    ['names a dispute', { id: 'PP-D-1' }, OTHER_PAYMENT],
    ['has no payment and the email address of the buyer', { email: ADA }],
  ])('finds an event that %s', async (_, body, paymentId) => {
    const payment: Partial<Payment> = {
      paypal_order_id: 'ORDER1',
      capture_id: 'CAPTURE1',
      refunds: { REFUND1: { status: 'COMPLETED' } },
      extra_captures: { CAPTURE2: { amount: { currency: 'EUR', minor: 1 }, refunded_minor: 0 } },
      disputes: { 'PP-D-1': { status: 'OPEN', updated_at: '' } },
    };
    const stored = { payment, buyers: { [ID]: { email: ADA } }, events: [event('1', body, paymentId)] };

    expect(await found(stored, BY_ORDER)).toEqual([ID, '1']);
  });

  it('skips events of other payments of the buyer, of others and without a body', async () => {
    const events = [
      event('1', { email: ADA }, OTHER_PAYMENT),
      event('2', { email: 'bob@mail.example' }),
      event('3', '', PAYMENT_ID),
    ];

    expect(await found({ payment: {}, buyers: { [ID]: { email: ADA } }, events }, BY_ORDER)).toEqual([ID]);
  });

  it('returns undefined when nothing is known of the order', async () => {
    expect(await found({ events: [event('1', { email: ADA })] }, BY_ORDER)).toBeUndefined();
  });
});

describe('findBuyerData by email', () => {
  it('finds all orders of the buyer in any case, and all events with the address', async () => {
    const stored: Stored = {
      payment: { paypal_order_id: 'ORDER1' },
      buyers: { [ID]: { email: 'Ada@Mail.example' }, [OTHER_ID]: { email: 'bob@mail.example' } },
      events: [event('1', { id: 'ORDER1' }), event('2', { email: ADA }), event('3', { email: 'bob@mail.example' })],
    };

    expect(await found(stored, BY_EMAIL)).toEqual([ID, '1', '2']);
  });

  it.each<[string, Buyer | undefined, readonly string[]]>([
    ['finds the order of an event whose buyer is no longer stored', undefined, [OTHER_ID, '1', '2']],
    ['finds the order of an event whose buyer has no address', { name: 'Ada' }, [OTHER_ID, '1', '2']],
    ['leaves the order of an event whose buyer has another address', { email: 'bob@mail.example' }, ['1']],
  ])('%s', async (_, buyer, expected) => {
    const events = [event('1', { email: ADA }, OTHER_PAYMENT), event('2', {}, OTHER_PAYMENT)];

    expect(await found({ ...(buyer && { buyers: { [OTHER_ID]: buyer } }), events }, BY_EMAIL)).toEqual(expected);
  });

  it('returns undefined when neither an order nor an event has it', async () => {
    expect(await found({ buyers: { [ID]: { name: 'Ada' } }, events: [event('1', {})] }, BY_EMAIL)).toBeUndefined();
  });
});

describe('findBuyerData by event', () => {
  const events = [event('1', { email: ADA }), event('2', { email: ADA }), event('3', '')];

  it.each([
    ['1', ['1']],
    ['3', []],
    ['4', undefined],
  ])('finds event %s', async (id, expected) => {
    expect(await found({ events }, { by: 'event', id })).toEqual(expected);
  });
});

it.each([BY_ORDER, BY_EMAIL, { by: 'event', id: '1' } as const])(
  'findBuyerData $by writes nothing',
  async (request) => {
    const { deps, written } = repositories({
      order: {},
      payment: {},
      buyers: { [ID]: { email: ADA } },
      events: [event('1', {}, PAYMENT_ID)],
    });

    await findBuyerData(deps, request);

    expect(written).toEqual([]);
  },
);

describe('eraseBuyerData', () => {
  it('records the order, marks the payment, and only then erases', async () => {
    const { deps, written } = repositories({ payment: {}, events: [event('1', {}, PAYMENT_ID)] });
    const data = await findBuyerData(deps, BY_ORDER);
    if (!data) throw new Error('nothing found');

    await eraseBuyerData(deps, BY_ORDER, data, 'ada');

    expect(written).toEqual([`audit ${ID}`, `mark ${PAYMENT_ID}`, `buyer ${ID}`, 'event 1']);
  });

  it('erases nothing that cannot be recorded', async () => {
    const { deps, written } = repositories({ payment: {}, events: [event('1', {}, PAYMENT_ID)] });
    const data = await findBuyerData(deps, BY_ORDER);
    if (!data) throw new Error('nothing found');
    const audit = { write: () => Promise.reject(new Error('throttled')) };

    await expect(eraseBuyerData({ ...deps, audit }, BY_ORDER, data, 'ada')).rejects.toThrow('throttled');

    expect(written).toEqual([]);
  });

  it('erases and returns events that arrived since they were listed', async () => {
    const { deps, written, stored } = repositories({ payment: {}, buyers: { [ID]: { email: ADA } } });
    const data = await findBuyerData(deps, BY_ORDER);
    if (!data) throw new Error('nothing found');
    stored.push(event('1', {}, PAYMENT_ID), event('2', { email: ADA }));

    const { events } = await eraseBuyerData(deps, BY_ORDER, data, 'ada');

    expect(events).toMatchObject([{ event_id: '1' }, { event_id: '2' }]);
    expect(written.slice(3)).toEqual(['event 1', 'audit 2', 'event 2']);
  });
});
