import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { openSession } from '../../src/checkout/open-session.ts';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';

describe('openSession', () => {
  it('opens exactly 100 sessions when 200 shoppers reserve 100 items concurrently', async () => {
    functionEnvironment();
    const { tables } = inject('aws');
    const db = documentClient();
    const deps = {
      stock: stockRepository(db, tables),
      sessions: sessionRepository(db, tables['checkout-sessions']),
      ulid,
      now: () => new Date(),
    };
    const sku = await stockedProduct(100);

    const opened = await Promise.all(Array.from({ length: 200 }, () => openSession(deps, [{ sku, quantity: 1 }])));

    expect(opened.filter(({ outcome }) => outcome === 'opened')).toHaveLength(100);
    expect(opened.filter(({ outcome }) => outcome === 'out_of_stock')).toHaveLength(100);
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 100, sold: 0 });
    const sessions = (await everythingIn('checkout-sessions')).filter(({ items }) =>
      JSON.stringify(items).includes(sku),
    );
    expect(sessions).toHaveLength(100);
  });
});
