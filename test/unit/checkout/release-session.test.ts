import { expect, it } from 'vitest';
import { releaseSession } from '../../../src/checkout/release-session.ts';
import { product, shopInMemory } from '../../support/in-memory/shop.ts';

it('a session whose reservation was deleted long after its release counts as released', async () => {
  const shop = shopInMemory({ products: [product(2)] });
  const id = (await shop.open({ sku: 'MUG', quantity: 1 })) ?? expect.fail('out of stock');
  const deps = { sessions: shop.sessions.repository, stock: shop.stock.repository };
  expect(await releaseSession(deps, id)).toMatchObject({ outcome: 'released', changed: true });
  shop.stock.reservations.delete(id);

  expect(await releaseSession(deps, id)).toMatchObject({ outcome: 'released', changed: false });
});
