import { describe, expect, it } from 'vitest';
import { afterCancel, afterOrder, EMPTY, readBasket, withQuantity } from '../../../web/storefront/basket.ts';

const reserved = { pieces: { MUG: 2, TEA: 1 }, attempt: 'key-1', sessionId: 'cs_1' };

describe('a basket', () => {
  it('takes pieces, more of them, and none', () => {
    expect(withQuantity(EMPTY, 'MUG', 2).pieces).toEqual({ MUG: 2 });
    expect(withQuantity(reserved, 'MUG', 3).pieces).toEqual({ TEA: 1, MUG: 3 });
    expect(withQuantity(reserved, 'MUG', 0).pieces).toEqual({ TEA: 1 });
    expect(withQuantity(reserved, 'MUG', -1).pieces).toEqual({ TEA: 1 });
  });

  it('takes no more of a product than a session does', () => {
    expect(withQuantity(EMPTY, 'MUG', 1000).pieces).toEqual({ MUG: 999 });
  });

  it('is another attempt to check out, once it has other pieces', () => {
    expect(withQuantity(reserved, 'MUG', 3)).toMatchObject({ attempt: null, sessionId: null });
  });

  it('is empty once its order is made', () => {
    expect(afterOrder(reserved, 'cs_1')).toEqual(EMPTY);
  });

  it('keeps its pieces when its purchase was given up, for another attempt', () => {
    expect(afterCancel(reserved, 'cs_1')).toEqual({ pieces: reserved.pieces, attempt: null, sessionId: null });
  });

  it('stays as it is whatever becomes of another purchase', () => {
    expect(afterOrder(reserved, 'cs_2')).toBe(reserved);
    expect(afterCancel(reserved, 'cs_2')).toBe(reserved);
  });

  it('is read as it was written', () => {
    expect(readBasket(JSON.stringify(reserved))).toEqual(reserved);
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
  ])('is empty when what is written makes no sense: %s', (text) => {
    expect(readBasket(text)).toEqual(EMPTY);
  });
});
