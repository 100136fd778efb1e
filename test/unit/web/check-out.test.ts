import { beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY, withQuantity } from '../../../web/storefront/basket.ts';
import { checkOut, wasPaid } from '../../../web/storefront/check-out.ts';
import { changeBasket } from '../../../web/storefront/use-basket.ts';
import { problem, scriptedApi } from './scripted-api.ts';

const api = scriptedApi();
const MUGS = [{ sku: 'MUG', quantity: 2 }];
const basket = () => changeBasket((current) => current);
const session = (id: string, status = 'open') => ({
  checkout_session_id: id,
  status,
  expires_at: '2099-01-01T00:00:00.000Z',
  payment_id: null,
});
const opens = () => api.requests.filter(({ call }) => call === 'POST /checkout-sessions').map(({ body }) => body);

beforeEach(() => {
  vi.stubGlobal('location', { assign: () => undefined });
  changeBasket(() => ({ ...EMPTY, quantities: { MUG: 1 } }));
  api.respond((call) => (call.startsWith('POST') ? session(`cs_${api.requests.length}`) : session('cs_1')));
});

describe('checkOut', () => {
  it('replaces the session of a basket that has changed since', async () => {
    await checkOut([{ sku: 'MUG', quantity: 1 }]);
    changeBasket((current) => withQuantity(current, 'MUG', 2));
    await checkOut(MUGS);

    expect(opens()).toEqual([{ items: [{ sku: 'MUG', quantity: 1 }] }, { items: MUGS, replaces: 'cs_1' }]);
    expect(basket()).toMatchObject({ sessionId: 'cs_2', replaces: null });
  });

  it('replaces the latest session when the basket changes while it is opened', async () => {
    api.respond(() => {
      changeBasket((current) => withQuantity(current, 'MUG', 3));
      return session('cs_1');
    });
    await checkOut(MUGS);

    expect(basket()).toMatchObject({ sessionId: null, replaces: 'cs_1' });
  });

  it('goes on to the session of an unchanged basket', async () => {
    await checkOut(MUGS);
    await checkOut(MUGS);

    expect(opens()).toHaveLength(1);
  });

  it('replaces an expired session without payment, which may still hold its stock', async () => {
    await checkOut(MUGS);
    api.respond((call) =>
      session(call.startsWith('POST') ? 'cs_2' : 'cs_1', call.startsWith('POST') ? 'open' : 'expired'),
    );
    await checkOut(MUGS);

    expect(opens()[1]).toEqual({ items: MUGS, replaces: 'cs_1' });
  });

  it.each([
    ['was paid', problem(409, 'payment-decided', { payment_id: 'pay_1' }), true],
    ['is unknown', problem(400, 'invalid-request', { errors: [{ field: 'replaces', detail: 'not found' }] }), false],
  ])('forgets a former session that %s', async (_, response, paid) => {
    await checkOut(MUGS);
    changeBasket((current) => withQuantity(current, 'MUG', 3));
    api.respond(() => response);

    const error = await checkOut(MUGS).catch((thrown: unknown) => thrown);

    expect(wasPaid(error)).toBe(paid);
    expect(basket()).toEqual({ ...EMPTY, quantities: { MUG: 3 } });
  });

  it('opens a new session when the former one was deleted', async () => {
    await checkOut(MUGS);
    api.respond((call) => (call.startsWith('POST') ? session('cs_2') : problem(404, 'unknown-session')));
    await checkOut(MUGS);

    expect(opens()[1]).toEqual({ items: MUGS });
  });
});
