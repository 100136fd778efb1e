import { ulid } from 'ulid';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { TABLE_NAMES } from '../../lib/names.ts';
import { type EraseRequest, eraseBuyerData, findBuyerData } from '../../ops/erase-buyer.ts';
import { auditRepository } from '../../src/admin-api/audit-repository.ts';
import { orderIdOf, paymentIdOf } from '../../src/shared/ids.ts';
import { captured, MONEY, newSubject, orderFor, paymentFor, reposOf } from '../support/builders/stored-purchase.ts';
import { startFunctionsInProcess } from '../support/in-process/functions.ts';
import { dynamo, everythingIn } from '../support/stack/aws.ts';

type Functions = Awaited<ReturnType<typeof startFunctionsInProcess>>;
let functions: Functions;

beforeAll(async () => {
  functions = await startFunctionsInProcess();
});
afterAll(() => functions.stop());

const repos = reposOf(dynamo);
const audit = auditRepository(dynamo, inject('aws').tables);
const deps = { ...repos, audit, ulid, now: () => new Date() };

/** Erases as the command does. @returns the ids of the erased events */
async function erase(request: EraseRequest): Promise<string[] | undefined> {
  const found = await findBuyerData(deps, request);
  if (!found) return undefined;
  const { events } = await eraseBuyerData(deps, request, found, 'ada');
  return events.map(({ event_id }) => event_id);
}

/** Delivers a signed event to the webhook function. @returns its id and the status in the response */
async function deliver(event_type: string, resource: object) {
  const event_id = `WH-${ulid()}`;
  const response = await fetch(`${functions.simulatorUrl}/_sim/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ event_id, event_type, resource, signature: 'good' }),
  });
  const { deliveries } = (await response.json()) as { deliveries: [{ answer: { status: string } }] };
  return { event_id, status: deliveries[0].answer.status };
}

/** A captured payment with an order, whose buyer nothing else in the tables mentions. */
async function purchase() {
  const subject = await newSubject();
  const paymentId = paymentIdOf(subject.session);
  const random = ulid().slice(10);
  const paypalOrderId = `ORDER${random}`;
  const move = captured(subject);
  await repos.payments.create(paymentFor(subject), new Date());
  await repos.payments.attachOrder(paymentId, paypalOrderId, 'https://paypal.example', new Date());
  await repos.orders.create(orderFor(subject));
  const buyer = {
    name: { given_name: `Ada${random}`, surname: `Byron${random}` },
    email_address: `ada-${random.toLowerCase()}@mail.example`,
  };
  const address = { address_line_1: `${random} Main Street`, country_code: 'DE' };
  const approval = {
    id: paypalOrderId,
    status: 'APPROVED',
    payer: buyer,
    purchase_units: [
      {
        custom_id: paymentId,
        amount: { currency_code: MONEY.currency, value: '19.99' },
        payee: { email_address: 'shop@mail.example' },
        shipping: { name: { full_name: `Ada${random} Byron${random}` }, address },
      },
    ],
  };
  const approved = await deliver('CHECKOUT.ORDER.APPROVED', approval);
  await repos.payments.move(paymentId, move, new Date(), new Date());
  const payment = await repos.payments.get(paymentId);
  const dispute = {
    disputed_transactions: [{ seller_transaction_id: payment?.capture_id, buyer: { email: buyer.email_address } }],
  };
  const traces = [`Ada${random}`, buyer.email_address, address.address_line_1];
  return {
    orderId: orderIdOf(paymentId),
    paymentId,
    buyer,
    approval,
    approved,
    dispute,
    /** What is stored of name, email and address, in any table. */
    async stored(): Promise<string[]> {
      const tables = await Promise.all(TABLE_NAMES.map(everythingIn));
      const text = JSON.stringify(tables, (_, value) => (value instanceof Set ? [...value] : value)).toLowerCase();
      return traces.filter((trace) => text.includes(trace.toLowerCase()));
    },
    traces,
  };
}
type PlantedPurchase = Awaited<ReturnType<typeof purchase>>;

/** Events about a buyer, by the way in which they are stored. */
const EVENTS: Readonly<Record<string, (of: PlantedPurchase) => readonly [type: string, resource: object]>> = {
  accepted: ({ approval }) => ['CHECKOUT.ORDER.APPROVED', approval],
  dispute: ({ dispute }) => ['CUSTOMER.DISPUTE.CREATED', { ...dispute, dispute_id: `PP-${ulid()}` }],
  ignored: ({ approval }) => ['CHECKOUT.ORDER.PROCESSED', approval],
  'ignored, without a link': ({ buyer }) => ['CUSTOMER.UPDATED', { customer: buyer }],
  'parked as another order': ({ approval }) => ['CHECKOUT.ORDER.APPROVED', { ...approval, id: `ORDER${ulid()}` }],
  'parked as unknown': ({ buyer }) => [
    'PAYMENT.CAPTURE.COMPLETED',
    { id: `CAP${ulid().slice(10)}`, status: 'COMPLETED', payer: buyer },
  ],
  'parked as malformed': ({ buyer }) => ['CHECKOUT.ORDER.APPROVED', { payer: buyer }],
  'malformed, with the id in another place': ({ paymentId, buyer: { name } }) => [
    'CHECKOUT.ORDER.APPROVED',
    { payer: { name }, note: `about ${paymentId}` },
  ],
};
/** Those that name the payment where PayPal does. */
const LINKED = ['accepted', 'dispute', 'ignored', 'parked as another order'];

describe('an erasure', () => {
  it.each(['order', 'email'] as const)('by %s leaves no trace of the buyer, nor do later events', async (by) => {
    const planted = await purchase();
    const ids = [planted.approved.event_id];
    const statuses: Record<string, string> = {};
    for (const [kind, event] of Object.entries(EVENTS)) {
      const { event_id, status } = await deliver(...event(planted));
      ids.push(event_id);
      statuses[kind] = status;
    }
    const unprocessed = `WH-${ulid()}`;
    await repos.events.receive({
      id: unprocessed,
      eventType: 'X',
      body: JSON.stringify(planted.buyer),
      now: new Date(),
    });
    expect(statuses).toMatchObject({
      accepted: 'accepted',
      dispute: 'accepted',
      ignored: 'ignored',
      'ignored, without a link': 'ignored',
      'parked as another order': 'parked',
      'parked as unknown': 'parked',
      'parked as malformed': 'parked',
    });
    expect(await planted.stored()).toEqual(planted.traces);
    expect(await repos.orders.buyer(planted.orderId)).toMatchObject({ email: planted.buyer.email_address });

    const id = by === 'order' ? planted.orderId : planted.buyer.email_address.toUpperCase();
    const erased = await erase({ by, id } as EraseRequest);

    expect(erased?.toSorted()).toEqual([...ids, unprocessed].toSorted());
    expect(await planted.stored()).toEqual([]);
    for (const kind of LINKED) await deliver(...(EVENTS[kind]?.(planted) ?? ['', {}]));
    expect(await planted.stored()).toEqual([]);
  });

  it('by event erases one event, which no payment can be found for', async () => {
    const planted = await purchase();
    const { event_id } = await deliver('CHECKOUT.ORDER.APPROVED', { payer: { name: planted.buyer.name } });

    expect(await erase({ by: 'event', id: event_id })).toEqual([event_id]);

    expect(await repos.events.get(event_id)).toMatchObject({ body: '', status: 'parked', reason: 'malformed' });
    expect(await repos.events.get(planted.approved.event_id)).not.toHaveProperty('erased_at');
  });

  it('leaves other buyers alone', async () => {
    const [planted, other] = [await purchase(), await purchase()];

    await erase({ by: 'email', id: planted.buyer.email_address });

    expect(await planted.stored()).toEqual([]);
    expect(await other.stored()).toEqual(other.traces);
    expect(await repos.payments.get(other.paymentId)).not.toHaveProperty('erased_at');
  });

  it('is in the audit log, once per order and per event without a payment', async () => {
    const planted = await purchase();
    const { event_id } = await deliver('CHECKOUT.ORDER.APPROVED', { payer: planted.buyer });

    await erase({ by: 'email', id: planted.buyer.email_address });

    const { entries } = await audit.list({ targets: [planted.orderId, event_id], limit: 10 });
    expect(entries.map(({ target }) => target).toSorted()).toEqual([event_id, planted.orderId].toSorted());
    const entry = { who: 'ada', what: 'erase', why: 'erased by email' };
    expect(entries).toMatchObject([entry, entry]);
  });

  it('finds nothing of unknown orders, addresses and events', async () => {
    const unknown = orderIdOf(paymentIdOf((await newSubject()).session));

    expect(await erase({ by: 'order', id: unknown })).toBeUndefined();
    expect(await erase({ by: 'email', id: `${ulid()}@mail.example` })).toBeUndefined();
    expect(await erase({ by: 'event', id: `WH-${ulid()}` })).toBeUndefined();
    expect((await everythingIn('orders')).filter(({ order_id }) => order_id === unknown)).toEqual([]);
  });
});

describe('eraseBody', () => {
  it('writes nothing for an event that does not exist', async () => {
    const id = `WH-${ulid()}`;

    expect(await repos.events.eraseBody(id, new Date())).toBe(false);

    expect(await repos.events.get(id)).toBeUndefined();
  });
});
