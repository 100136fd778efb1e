import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { openSession } from '../../src/checkout/open-session.ts';
import { sessionRepository } from '../../src/checkout/session-repository.ts';
import type { ReservedItem } from '../../src/inventory/reservation.ts';
import { stockRepository } from '../../src/inventory/stock-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { sessionId } from '../../src/shared/ids.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { stockOf } from '../support/stack/invariants.ts';

describe('openSession', () => {
  it('opens exactly 100 sessions when 200 shoppers reserve 100 items concurrently', async () => {
    functionEnvironment();
    const { tables } = inject('aws');
    const sku = await stockedProduct(100);
    // Without the functions' timeouts: the emulator takes the requests of 200 functions one by one.
    const db = documentClient(new DynamoDBClient({}));
    const deps = {
      stock: stockRepository(db, tables),
      sessions: sessionRepository(db, tables['checkout-sessions']),
      ulid,
      now: () => new Date(),
    };

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

describe('handOver', () => {
  it('hands the items of a reservation to one of ten heirs', async () => {
    functionEnvironment();
    const stock = stockRepository(documentClient(), inject('aws').tables);
    const [sku, other] = [await stockedProduct(2), await stockedProduct(1)];
    const expires_at = new Date(Date.now() + 600_000).toISOString();
    const held = async (...items: ReservedItem[]) => {
      const id = sessionId(ulid());
      await stock.reserve({ checkout_session_id: id, status: 'held', items, expires_at });
      return id;
    };
    const id = await held({ sku, quantity: 2 }, { sku: other, quantity: 1 });
    const heirs = await Promise.all(Array.from({ length: 10 }, () => held()));
    const from = (await stock.reservation(id)) ?? expect.fail('no reservation');
    const items = [{ sku, quantity: 2 }];

    const done = await Promise.all(
      heirs.map((heir) => stock.handOver(from, [{ sku: other, quantity: 1 }], { id: heir, items })),
    );

    expect(done.filter(Boolean)).toHaveLength(1);
    const heir = heirs[done.indexOf(true)] ?? id;
    expect(await stock.reservation(heir)).toMatchObject({ status: 'held', items });
    expect(await stock.reservation(id)).toMatchObject({ status: 'released' });
    expect([await stockOf(sku), await stockOf(other)]).toEqual([
      { available: 0, reserved: 2, sold: 0 },
      { available: 1, reserved: 0, sold: 0 },
    ]);
  });
});
