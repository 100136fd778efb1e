import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/access/caller.ts';
import { accessClaims, signedToken } from '../../support/builders/operator-tokens.ts';
import { deliveryOf, latestEvent } from '../../support/builders/webhook-events.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const PAYMENT = 'GET /api/v1/admin/payments/{id}';
const EVENT = 'GET /api/v1/admin/webhook-events/{id}';

/** A purchase with a stored event. */
async function purchase(admin: AdminInMemory) {
  const { paymentId } = await admin.paid();
  const { id: eventId } = latestEvent(admin.shop.paypal);
  await admin.events.repository.receive(deliveryOf(latestEvent(admin.shop.paypal), new Date()));
  return { paymentId, eventId };
}

const as = (role: string) => async () => signedToken(accessClaims('ada', [role]));
const withoutBuyers = SCOPES.filter((scope) => scope !== 'orders:read');

describe('buyers’ data', () => {
  it.each([
    ['an operator', as('operator'), 'ada'],
    ['an admin', as('admin'), 'ada'],
    ['an API key with orders:read', (admin: AdminInMemory) => admin.apiKeys.add(['orders:read']), 'api-key:'],
  ])('of a payment is shown to %s, with an audit entry', async (_, tokenFor, who) => {
    const admin = adminInMemory();
    const { paymentId } = await purchase(admin);

    const { body } = await admin.call(PAYMENT, { id: paymentId, token: await tokenFor(admin) });

    expect(body.buyer.email).toEqual(expect.any(String));
    expect(admin.entries).toMatchObject([
      { who: expect.stringContaining(who), what: 'read-buyer', target: paymentId, why: 'read' },
    ]);
  });

  it.each([
    ['a viewer', as('viewer')],
    ['an API key without orders:read', (admin: AdminInMemory) => admin.apiKeys.add(withoutBuyers)],
  ])('of an event is left out for %s, without an audit entry', async (_, tokenFor) => {
    const admin = adminInMemory();
    const { eventId } = await purchase(admin);

    const { status, body } = await admin.call(EVENT, { id: eventId, token: await tokenFor(admin) });

    expect(status).toBe(200);
    expect(body.body).toBeNull();
    expect(admin.entries).toEqual([]);
  });

  it('of a payment is neither read nor shown for a viewer', async () => {
    const admin = adminInMemory();
    const { paymentId } = await purchase(admin);
    admin.fail('orders.buyer', new Error('read'));

    const { status, body } = await admin.call(PAYMENT, { id: paymentId, token: await as('viewer')() });

    expect(status).toBe(200);
    expect(body.buyer).toBeNull();
    expect(admin.entries).toEqual([]);
  });

  it('of an event is shown to an operator, with an audit entry', async () => {
    const admin = adminInMemory();
    const { eventId } = await purchase(admin);

    const { body } = await admin.call(EVENT, { id: eventId, token: await as('operator')() });

    expect(JSON.parse(body.body).id).toBe(eventId);
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'read-buyer', target: eventId }]);
  });

  it('has one audit entry for all reads of a page that polls', async () => {
    const admin = adminInMemory();
    const { paymentId, eventId } = await purchase(admin);
    const token = await as('operator')();

    for (let poll = 0; poll < 3; poll++) await admin.call(PAYMENT, { id: paymentId, token });
    await admin.call(EVENT, { id: eventId, token });
    await admin.call(PAYMENT, { id: paymentId, token: await admin.apiKeys.add(['orders:read']) });

    expect(admin.entries.map(({ target }) => target)).toEqual([paymentId, eventId, paymentId]);
    for (const { id } of admin.entries) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  it('is not shown when the audit entry cannot be written', async () => {
    const admin = adminInMemory();
    const { paymentId, eventId } = await purchase(admin);
    admin.fail('audit.write', new Error('no table'));

    expect((await admin.call(PAYMENT, { id: paymentId })).status).toBe(500);
    expect((await admin.call(EVENT, { id: eventId })).status).toBe(500);
  });

  it('takes no audit entry when there is none', async () => {
    const admin = adminInMemory();
    const { eventId } = await purchase(admin);
    const begun = await admin.shop.begin();
    const stored = admin.events.rows.get(eventId);
    if (stored) admin.events.rows.set(eventId, { ...stored, body: '' });

    await admin.call(PAYMENT, { id: begun?.paymentId ?? '' });
    await admin.call(EVENT, { id: eventId });

    expect(admin.entries).toEqual([]);
  });

  it('does not fill the timeline of a payment with those who read it', async () => {
    const admin = adminInMemory();
    const { paymentId } = await purchase(admin);
    await admin.call(PAYMENT, { id: paymentId });

    const { body } = await admin.call(PAYMENT, { id: paymentId });

    expect(body.timeline.filter(({ kind }: { kind: string }) => kind === 'operator')).toEqual([]);
  });
});
