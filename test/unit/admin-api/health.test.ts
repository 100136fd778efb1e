import { describe, expect, it, vi } from 'vitest';
import { health } from '../../../src/admin-api/health.ts';
import { newPayment } from '../../../src/payments/payment.ts';
import { PayPalRefused, PayPalUnauthorized } from '../../../src/paypal/errors.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const HEALTH = 'GET /api/v1/admin/health';
const ULID = '0'.repeat(26);

/** An admin of a shop in which all is well and has run lately. */
function healthyAdmin() {
  const admin = adminInMemory();
  admin.runs.set('payments', {
    started_at: '2026-06-01T11:57:00.000Z',
    finished_at: '2026-06-01T11:57:01.000Z',
    figures: {},
  });
  return admin;
}

interface Line {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}
const lineOf = (body: { checks: Line[] }, name: string) => body.checks.find((line) => line.name === name);
const throwing = (error: Error) => async () => {
  throw error;
};

describe('the deep health', () => {
  it('has one line for each thing, and is ok when all are', async () => {
    const { status, body } = await healthyAdmin().call(HEALTH);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', version: '1.2.3', at: '2026-06-01T12:00:00.000Z' });
    expect(body.checks.map(({ name, status, detail }: Line) => [name, status, detail])).toEqual([
      ['table payments', 'ok', 'answers'],
      ['queue dead letters', 'ok', 'empty'],
      ['workflow', 'ok', 'answers'],
      ['workflow services', 'ok', 'all 2 can be called'],
      ['PayPal secret', 'ok', 'filled in'],
      ['PayPal token', 'ok', 'PayPal takes the credentials'],
      ['PayPal webhook', 'ok', 'PayPal sends to https://shop.example/webhooks/paypal'],
      ['last good event', 'ok', 'none in 90 days'],
      ['open payments', 'ok', 'none'],
      ['payments under review', 'ok', 'none'],
      ['findings', 'ok', 'none'],
      ['failed settlements', 'ok', 'none'],
      ['job payments', 'ok', 'last done 2 min ago'],
    ]);
  });

  const refusal = new PayPalRefused({ operation: 'token', status: 401, error: 'invalid_client' });
  it.each<[string, (seen: AdminInMemory['seen']) => void, string, string]>([
    [
      'a table is being made',
      (seen) => Object.assign(seen.tables, { payments: async () => 'CREATING' }),
      'table payments',
      'is CREATING',
    ],
    [
      'a table is not there',
      (seen) =>
        Object.assign(seen.tables, {
          payments: throwing(Object.assign(new Error('pay_1'), { name: 'ResourceNotFoundException' })),
        }),
      'table payments',
      'ResourceNotFoundException',
    ],
    [
      'the workflow is being deleted',
      (seen) => Object.assign(seen, { workflowStatus: async () => 'DELETING' }),
      'workflow',
      'is DELETING',
    ],
    [
      'a service of the workflow cannot be called',
      (seen) => Object.assign(seen, { services: async () => ({ inventory: 'Active', checkout: 'Failed' }) }),
      'workflow services',
      'checkout is Failed',
    ],
    [
      'the workflow calls nobody',
      (seen) => Object.assign(seen, { services: async () => ({}) }),
      'workflow services',
      'nobody',
    ],
    [
      'the secret is not filled in',
      (seen) =>
        Object.assign(seen, {
          secret: async () => ({ client_id: 'to-fill-in', client_secret: 'secret', webhook_id: '' }),
        }),
      'PayPal secret',
      'to be filled in: client_id, webhook_id',
    ],
    [
      'PayPal does not take the credentials',
      (seen) => Object.assign(seen, { listWebhooks: throwing(new PayPalUnauthorized(refusal)) }),
      'PayPal token',
      'PayPal does not take the credentials',
    ],
    [
      'PayPal has no such webhook',
      (seen) => Object.assign(seen, { listWebhooks: async () => [] }),
      'PayPal webhook',
      'PayPal knows no webhook of that id',
    ],
    [
      'PayPal sends elsewhere',
      (seen) =>
        Object.assign(seen, {
          listWebhooks: async () => [{ id: 'WEBHOOK', url: 'https://old.example/webhooks/paypal', eventTypes: ['*'] }],
        }),
      'PayPal webhook',
      'PayPal sends to https://old.example/webhooks/paypal, not to https://shop.example/webhooks/paypal',
    ],
    [
      'an event type is not subscribed to',
      (seen) =>
        Object.assign(seen, {
          listWebhooks: async () => [
            { id: 'WEBHOOK', url: 'https://shop.example/webhooks/paypal', eventTypes: SUBSCRIBED_EVENT_TYPES.slice(1) },
          ],
        }),
      'PayPal webhook',
      'not subscribed to CHECKOUT.ORDER.APPROVED',
    ],
  ])('is 503 when %s, and says so in that line', async (_, breakIt, name, detail) => {
    const admin = healthyAdmin();
    breakIt(admin.seen);

    const { status, body } = await admin.call(HEALTH);

    expect(status).toBe(503);
    expect(body.status).toBe('failing');
    expect(lineOf(body, name)).toMatchObject({ status: 'failing', detail: expect.stringContaining(detail) });
  });

  it.each<[string, (admin: AdminInMemory) => unknown, string, string]>([
    [
      'dead letters wait',
      ({ seen }) => Object.assign(seen.queues, { 'dead letters': async () => 2 }),
      'queue dead letters',
      '2 waiting',
    ],
    [
      'a payment has been open for long',
      ({ seen }) =>
        Object.assign(seen, {
          open: async () => ({
            count: 3,
            oldest: newPayment(
              { payment_id: `pay_${ULID}`, checkout_session_id: `cs_${ULID}` },
              { currency: 'EUR', minor: 1 },
              '2026-05-30T12:00:00.000Z',
            ),
          }),
        }),
      'open payments',
      `3, the oldest begun 2 days ago: pay_${ULID}`,
    ],
    [
      'another amount came than was asked',
      ({ seen }) => Object.assign(seen, { underReview: async () => [`pay_${ULID}`, `pay_${ULID.slice(1)}1`] }),
      'payments under review',
      `2 to be decided, first pay_${ULID}`,
    ],
    [
      'something is broken in the books',
      ({ findings }) =>
        findings.set('1:x', {
          id: '1:x',
          invariant: 'order_or_refund',
          subject: 'x',
          what: 'wrong',
          repair: null,
          first_seen: '2026',
          last_seen: '2026',
        }),
      'findings',
      '1 open',
    ],
    [
      'a settlement failed',
      ({ failed }) => failed.rows.set('x', listedFailure({ payment_id: `pay_${ULID}`, failed_at: '2026' })),
      'failed settlements',
      '1 to be retried',
    ],
    ['a job has not run', ({ runs }) => runs.clear(), 'job payments', 'has not run yet'],
    [
      'a job has not run for long',
      ({ runs }) =>
        runs.set('payments', {
          started_at: '2026-06-01T08:00:00.000Z',
          finished_at: '2026-06-01T08:00:00.000Z',
          figures: {},
        }),
      'job payments',
      'last done 4 h ago',
    ],
  ])('asks for attention, and is 200 all the same, when %s', async (_, breakIt, name, detail) => {
    const admin = healthyAdmin();
    breakIt(admin);

    const { status, body } = await admin.call(HEALTH);

    expect(status).toBe(200);
    expect(body.status).toBe('attention');
    expect(lineOf(body, name)).toMatchObject({ status: 'attention', detail });
  });

  it('tells how long ago PayPal’s last good event came', async () => {
    const admin = healthyAdmin();
    const receive = { eventType: 'CHECKOUT.ORDER.APPROVED', transmissionId: 't', body: '{}' };
    await admin.events.repository.receive({ ...receive, id: 'WH-1', now: new Date('2026-06-01T11:45:00.000Z') });
    await admin.events.repository.finish('WH-1', { status: 'ignored' }, new Date('2026-06-01T11:45:00.000Z'));
    await admin.events.repository.receive({ ...receive, id: 'WH-2', now: new Date('2026-06-01T11:15:00.000Z') });
    await admin.events.repository.finish(
      'WH-2',
      { status: 'accepted', payment_id: `pay_${ULID}`, moved: true },
      new Date('2026-06-01T11:15:00.000Z'),
    );

    expect(lineOf((await admin.call(HEALTH)).body, 'last good event')).toMatchObject({ detail: '45 min ago' });
  });

  it('waits two seconds for one thing, and no longer', async () => {
    vi.useFakeTimers();
    try {
      const result = health([{ name: 'hanging', run: () => new Promise(() => undefined) }]);
      await vi.advanceTimersByTimeAsync(2000);

      expect((await result).checks).toMatchObject([
        { status: 'failing', detail: 'no answer within 2000 ms', took_ms: 2000 },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('waits for nothing that hangs, and the other lines are there', async () => {
    const lines = await health(
      [
        { name: 'hanging', run: () => new Promise(() => undefined) },
        { name: 'fine', run: async () => ({ status: 'ok', detail: 'answers' }) },
      ],
      20,
    );

    expect(lines).toMatchObject({
      status: 'failing',
      checks: [
        { name: 'hanging', status: 'failing', detail: 'no answer within 20 ms' },
        { name: 'fine', status: 'ok' },
      ],
    });
  });
});
