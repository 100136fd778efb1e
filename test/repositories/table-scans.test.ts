import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Session } from '../../src/checkout/session.ts';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import type { Order } from '../../src/fulfillment/order.ts';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { newPayment } from '../../src/payments/payment.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { documentClient, type Page, type ScanKey } from '../../src/shared/dynamo.ts';
import { orderIdOf, paymentIdOf, type SessionId, sessionId } from '../../src/shared/ids.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';
import { stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';

functionEnvironment();
const { tables } = inject('aws');
const db = documentClient();
const payments = paymentRepository(db, tables.payments);
const sessions = sessionRepository(db, tables['checkout-sessions']);
const orders = orderRepository(db, tables.orders);
const stock = stockRepository(db, tables);

const AT = '2026-01-01T00:00:00.000Z';
const MONEY = { currency: 'EUR', minor: 1999 };
const ids: SessionId[] = Array.from({ length: 7 }, () => sessionId(ulid()));
const unknown = sessionId(ulid());
let sku = '';

const orderOf = (id: SessionId, status: Order['status']): Order => ({
  order_id: orderIdOf(paymentIdOf(id)),
  payment_id: paymentIdOf(id),
  checkout_session_id: id,
  status,
  items: [],
  amount: MONEY,
  refunded_minor: 0,
  created_at: AT,
});

beforeAll(async () => {
  sku = await stockedProduct(10);
  for (const [i, id] of ids.entries()) {
    const session: Session = {
      checkout_session_id: id,
      status: 'open',
      items: [],
      amount: MONEY,
      expires_at: AT,
      payment_id: null,
      payment_status: null,
      created_at: AT,
    };
    await sessions.create(session);
    await payments.create(
      newPayment({ payment_id: paymentIdOf(id), checkout_session_id: id }, MONEY, AT),
      new Date(AT),
    );
    await orders.rememberBuyer(orderIdOf(paymentIdOf(id)), { name: 'Ada' }, { of: 'capture', time: '' }, new Date(AT));
    await orders.create(orderOf(id, i === 0 ? 'void' : 'confirmed'));
    await stock.reserve({ checkout_session_id: id, status: 'held', items: [{ sku, quantity: 1 }], expires_at: AT });
  }
});

/** All items of a table, in pages of three. */
async function all<Item>(page: (limit: number, after?: ScanKey) => Promise<Page<Item>>): Promise<Item[]> {
  const found: Item[] = [];
  let after: ScanKey | undefined;
  do {
    const { items, next } = await page(3, after);
    expect(items.length).toBeLessThanOrEqual(3);
    found.push(...items);
    after = next;
  } while (after);
  return found;
}

describe('a table scan returns each item once across pages:', () => {
  it.each<[string, () => Promise<readonly string[]>, readonly string[]]>([
    ['payments', () => all(payments.ids), ids.map(paymentIdOf)],
    ['checkout sessions', () => all(sessions.ids), ids],
    ['orders without their buyers', () => all(orders.ids), ids.map((id) => orderIdOf(paymentIdOf(id)))],
    [
      'reservations',
      async () => (await all(stock.reservationPage)).map(({ checkout_session_id }) => checkout_session_id),
      ids,
    ],
  ])('%s', async (_, read, expected) => {
    const found = await read();

    expect(found).toEqual(expect.arrayContaining([...expected]));
    expect(new Set(found).size).toBe(found.length);
  });
});

it('reports an unreadable reservation and returns the others of its page', async () => {
  const invalid = {
    TableName: tables.reservations,
    Item: { checkout_session_id: sessionId(ulid()), status: 'invalid' },
  };
  await db.send(new PutCommand(invalid));
  const unreadable: SessionId[] = [];

  const found = await all(async (limit, after) => {
    const page = await stock.reservationPage(limit, after);
    unreadable.push(...page.unreadable);
    return page;
  });

  const { TableName, Item } = invalid;
  await db.send(new DeleteCommand({ TableName, Key: { checkout_session_id: Item.checkout_session_id } }));
  expect(unreadable).toEqual([Item.checkout_session_id]);
  expect(found.map(({ checkout_session_id }) => checkout_session_id)).toEqual(expect.arrayContaining(ids));
});

describe('a batch read skips unknown ids:', () => {
  it('payments', async () => {
    const found = await payments.getAll([...ids, unknown].map(paymentIdOf));

    expect(found.map(({ payment_id }) => payment_id).sort()).toEqual(ids.map(paymentIdOf).sort());
  });

  it('checkout sessions', async () => {
    const found = await sessions.getAll([...ids, unknown]);

    expect(found.map(({ checkout_session_id }) => checkout_session_id).sort()).toEqual(ids.toSorted());
  });

  it('orders, void ones included', async () => {
    const found = await orders.getAll([...ids, unknown].map((id) => orderIdOf(paymentIdOf(id))));

    expect(found.map(({ status }) => status).sort()).toEqual([...Array(6).fill('confirmed'), 'void']);
  });

  it('reservations', async () => {
    const found = await stock.reservationsOf([...ids, unknown]);

    expect(found.map(({ checkout_session_id }) => checkout_session_id).sort()).toEqual(ids.toSorted());
  });
});

describe('a stock correction', () => {
  const seen = { available: 10, reserved: 0, sold: 0 };
  const counted = { available: 7, reserved: 2, sold: 1 };

  it('sets the counted values', async () => {
    const product = await stockedProduct(10);

    expect(await stock.correct(product, seen, counted)).toBe(true);
    expect(await stockOf(product)).toEqual(counted);
  });

  it('is idempotent', async () => {
    const product = await stockedProduct(10);
    await stock.correct(product, seen, counted);

    expect(await stock.correct(product, seen, counted)).toBe(true);
    expect(await stockOf(product)).toEqual(counted);
  });

  it.each([
    ['available', { ...seen, available: 9 }],
    ['reserved', { ...seen, reserved: 1 }],
    ['sold', { ...seen, sold: 1 }],
  ])('is rejected when %s changed since the count', async (_, changed) => {
    const product = await stockedProduct(10);

    expect(await stock.correct(product, changed, counted)).toBe(false);
    expect(await stockOf(product)).toEqual(seen);
  });

  it('is rejected when the counters do not add up to the stocked quantity', async () => {
    const product = await stockedProduct(10);

    expect(await stock.correct(product, seen, { ...counted, sold: 2 })).toBe(false);
    expect(await stockOf(product)).toEqual(seen);
  });

  it('is rejected for an unknown product', async () => {
    expect(await stock.correct('NOTHING', seen, counted)).toBe(false);
  });
});
