import { describe, expect, it } from 'vitest';
import { type EraseDeps, eraseBuyerData, findBuyerData } from '../../../ops/erase-buyer.ts';
import type { Order } from '../../../src/fulfillment/order.ts';
import type { Payment } from '../../../src/payments/payment.ts';
import type { EventHead } from '../../../src/paypal-webhook/stored-event.ts';

const ID = 'ord_01JZ8Q4W3V5Y7X9R2T6N8M0KBC';
const PAYMENT_ID = 'pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC';
const NOW = new Date('2026-06-01T12:00:00.000Z');

/** Repositories that hold these, and record what is written. */
function repositories({
  order,
  payment,
  buyer,
  pages = [[]],
}: {
  readonly order?: Partial<Order>;
  readonly payment?: Partial<Payment>;
  readonly buyer?: { readonly name: string };
  readonly pages?: readonly (readonly Partial<EventHead>[])[];
}) {
  const written: string[] = [];
  const deps: EraseDeps = {
    orders: {
      getAll: async ([id]) => (order && id === ID ? [order as Order] : []),
      buyer: async (id) => (id === ID ? buyer : undefined),
      eraseBuyer: async (id) => void written.push(id),
    },
    payments: {
      get: async (id) => (id === PAYMENT_ID ? (payment as Payment | undefined) : undefined),
      markErased: async (id) => {
        written.push(`marked ${id}`);
        return { found: undefined };
      },
    },
    events: {
      page: async ({ paymentId }, _, after = {}) => {
        const at = Number(after.page?.event_id ?? 0);
        const next = { page: { event_id: String(at + 1), received_at: '' } };
        expect(paymentId).toBe(PAYMENT_ID);
        return { events: (pages[at] ?? []) as EventHead[], ...(at + 1 < pages.length && { next }) };
      },
      eraseBodies: async (id) => written.push(id),
    },
  };
  return { deps, written };
}

describe('findBuyerData', () => {
  it.each([
    ['an order', { order: {} }, { buyer: false, events: 0 }],
    ['a void order', { order: { status: 'void' } }, { buyer: false, events: 0 }],
    ['a payment without an order', { payment: {} }, { buyer: false, events: 0 }],
    ['a buyer without an order', { buyer: { name: 'Ada' } }, { buyer: true, events: 0 }],
    ['an event of an unknown payment', { pages: [[{}]] }, { buyer: false, events: 1 }],
  ] as const)('finds %s', async (_, stored, found) => {
    expect(await findBuyerData(repositories(stored).deps, ID)).toEqual(found);
  });

  it('counts the events that have a body on all pages', async () => {
    const pages = [[{}, { erased_at: NOW.toISOString() }], [], [{}]];

    expect(await findBuyerData(repositories({ payment: {}, pages }).deps, ID)).toEqual({ buyer: false, events: 2 });
  });

  it('returns undefined when nothing is known of the order', async () => {
    expect(await findBuyerData(repositories({}).deps, ID)).toBeUndefined();
  });

  it('writes nothing', async () => {
    const { deps, written } = repositories({ order: {}, payment: {}, buyer: { name: 'Ada' }, pages: [[{}]] });

    await findBuyerData(deps, ID);

    expect(written).toEqual([]);
  });
});

describe('eraseBuyerData', () => {
  it('marks the payment before it erases the buyer and the bodies of the events', async () => {
    const { deps, written } = repositories({ payment: {} });

    await eraseBuyerData(deps, ID, NOW);

    expect(written).toEqual([`marked ${PAYMENT_ID}`, ID, PAYMENT_ID]);
  });
});
