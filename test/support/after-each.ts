import { afterEach, expect } from 'vitest';
import { mistakesInTheBooks } from './books.ts';
import { payPal } from './shop.ts';

/** Whatever a test did to the shop: PayPal behaves again, and the books are right. */
afterEach(async () => {
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await payPal('PUT', '/_sim/delivery', { hold: false, delay_ms: 0, copies: 1, shuffle: false, drop: false });
  await payPal('POST', '/_sim/delivery/flush');
  expect(await mistakesInTheBooks()).toEqual([]);
});
