import { describe, expect, it } from 'vitest';
import {
  afterCancel,
  afterOrder,
  EMPTY,
  isFull,
  maxQuantityOf,
  parseBasket,
  serializeBasket,
  withOwnItems,
  withQuantity,
} from '../../../web/storefront/basket.ts';

const reserved = { quantities: { MUG: 2, TEA: 1 }, attempt: 'key-1', sessionId: 'cs_1', replaces: null };
const changed = { ...reserved, attempt: 'key-2', sessionId: null, replaces: 'cs_1' };

describe('withQuantity', () => {
  it('adds, changes and removes a product', () => {
    expect(withQuantity(EMPTY, 'MUG', 2).quantities).toEqual({ MUG: 2 });
    expect(withQuantity(reserved, 'MUG', 3).quantities).toEqual({ TEA: 1, MUG: 3 });
    expect(withQuantity(reserved, 'MUG', 0).quantities).toEqual({ TEA: 1 });
    expect(withQuantity(reserved, 'MUG', -1).quantities).toEqual({ TEA: 1 });
  });

  it('limits the quantity to the 999 that a session accepts', () => {
    expect(withQuantity(EMPTY, 'MUG', 1000).quantities).toEqual({ MUG: 999 });
  });

  it('starts a new checkout attempt when the items change', () => {
    expect(withQuantity(reserved, 'MUG', 3)).toMatchObject({ attempt: null, sessionId: null });
  });

  it('remembers the session that holds the stock, however often the items change', () => {
    const once = withQuantity(reserved, 'MUG', 3);

    expect([once.replaces, withQuantity(once, 'TEA', 0).replaces]).toEqual(['cs_1', 'cs_1']);
  });
});

describe('maxQuantityOf', () => {
  const mug = { sku: 'MUG', name: 'Mug', unit_price: { currency_code: 'EUR', value: '19.99' } };

  it.each([
    [3, 10, 3],
    [12, 10, 10],
    [0, 10, 0],
  ])('is limited by stock and order: %d available, %d per order', (available, max_per_order, expected) => {
    expect(maxQuantityOf({ ...mug, available, max_per_order })).toBe(expected);
  });
});

describe('isFull', () => {
  it.each([
    [19, false],
    [20, true],
  ])('with %d products is %s', (count, expected) => {
    const quantities = Object.fromEntries(Array.from({ length: count }, (_, i) => [`SKU-${i}`, 1]));

    expect(isFull({ ...EMPTY, quantities })).toBe(expected);
  });
});

describe('afterOrder', () => {
  it('empties the basket of the session', () => {
    expect(afterOrder(reserved, 'cs_1')).toEqual(EMPTY);
  });

  it('changes nothing for another session', () => {
    expect(afterOrder(reserved, 'cs_2')).toBe(reserved);
  });

  it('keeps items that were changed since, as a purchase of its own', () => {
    expect(afterOrder(changed, 'cs_1')).toEqual({ ...changed, attempt: null, replaces: null });
  });
});

describe('afterCancel', () => {
  it('keeps the items for a new session', () => {
    expect(afterCancel(reserved, 'cs_1')).toEqual({ ...EMPTY, quantities: reserved.quantities });
    expect(afterCancel(changed, 'cs_1')).toEqual({ ...EMPTY, quantities: reserved.quantities });
  });

  it('changes nothing for another session', () => {
    expect(afterCancel(reserved, 'cs_2')).toBe(reserved);
  });
});

describe('withOwnItems', () => {
  const product = { sku: 'MUG', name: 'Mug', unit_price: { currency_code: 'EUR', value: '1.00' }, max_per_order: 10 };

  it('counts what the shopper’s own session holds as available', () => {
    const products = [
      { ...product, available: 0 },
      { ...product, sku: 'TEA', available: 3 },
    ];

    const own = withOwnItems(products, [{ sku: 'MUG', quantity: 2 }]);

    expect(own.map(({ sku, available }) => [sku, available])).toEqual([
      ['MUG', 2],
      ['TEA', 3],
    ]);
  });
});

describe('parseBasket', () => {
  it('restores a serialized basket', () => {
    expect(parseBasket(serializeBasket(reserved))).toEqual(reserved);
    expect(parseBasket(serializeBasket(changed))).toEqual(changed);
  });

  it('reads the stored form of earlier versions', () => {
    expect(parseBasket('{"pieces":{"MUG":2,"TEA":1},"attempt":"key-1","sessionId":"cs_1"}')).toEqual(reserved);
  });

  it.each([
    null,
    '',
    'nonsense',
    'null',
    '[]',
    '3',
    '{}',
    '{"pieces":null}',
    '{"pieces":{"MUG":"2","TEA":0,"INK":1.5}}',
  ])('returns an empty basket when the stored text is %s', (text) => {
    expect(parseBasket(text)).toEqual(EMPTY);
  });
});
