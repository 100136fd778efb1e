import { describe, expect, it, vi } from 'vitest';
import { health } from '../../../src/admin-api/health.ts';
import { newPayment } from '../../../src/payments/payment.ts';
import { PayPalRefused, PayPalUnauthorized } from '../../../src/paypal/errors.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import { listedFailure } from '../../support/builders/settlements.ts';
import { type AdminInMemory, adminInMemory } from '../../support/in-memory/admin-api.ts';

const HEALTH = 'GET /api/v1/admin/health';
const ULID = '0'.repeat(26);

/** The admin API of a healthy shop. */
function healthyAdmin() {
  const admin = adminInMemory();
  admin.runs.set('payments', {
    started_at: '2026-06-01T11:57:00.000Z',
    finished_at: '2026-06-01T11:57:01.000Z',
    figures: {},
  });
  return admin;
}

const ledgerRun = (cursor: object) => ({
  started_at: '2026-06-01T11:57:00.000Z',
  figures: {},
  cursor: JSON.stringify(cursor),
});

interface Line {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}
const lineOf = (body: { checks: Line[] }, name: string) => body.checks.find((line) => line.name === name);
const throwing = (error: Error) => async () => {
  throw error;
};

describe('GET /api/v1/admin/health', () => {
  it('names the products held without payment, with their items', async () => {
    const admin = healthyAdmin();
    const figures = { checked: 2, 'held_without_payment.MUG': 12, 'held_without_payment.PLATE': 30 };
    admin.runs.set('reservations', { started_at: '2026-06-01T11:57:00.000Z', figures });

    const { body } = await admin.call(HEALTH);

    expect(lineOf(body, 'stock held without payment')).toMatchObject({
      detail: 'unpaid sessions hold 12 of MUG, 30 of PLATE',
      held: [
        { sku: 'MUG', quantity: 12 },
        { sku: 'PLATE', quantity: 30 },
      ],
    });
  });

  it('returns one line per check, and ok when all pass', async () => {
    const { status, body } = await healthyAdmin().call(HEALTH);

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'ok', version: '1.2.3', at: '2026-06-01T12:00:00.000Z' });
    expect(body.checks.map(({ name, status, detail }: Line) => [name, status, detail])).toEqual([
      ['table payments', 'ok', 'active'],
      ['queue dead letters', 'ok', 'empty'],
      ['workflow', 'ok', 'active'],
      ['workflow services', 'ok', 'all 2 functions active'],
      ['reserved concurrency', 'ok', 'as the stage requires'],
      ['PayPal secret', 'ok', 'configured'],
      ['PayPal token', 'ok', 'credentials accepted'],
      ['PayPal webhook', 'ok', 'registered for https://shop.example/webhooks/paypal'],
      ['last good event', 'ok', 'none in 90 days'],
      ['captures', 'ok', 'none refused because of the merchant in 24 h'],
      ['open payments', 'ok', 'none'],
      ['payments under review', 'ok', 'none'],
      ['stock held without payment', 'ok', 'none'],
      ['findings', 'ok', 'none'],
      ['failed settlements', 'ok', 'none'],
      ['ledger', 'ok', 'not read yet'],
      ['job payments', 'ok', 'completed 2 min ago'],
    ]);
  });

  const error = new PayPalRefused({ operation: 'token', status: 401, error: 'invalid_client' });
  it.each<[string, (seen: AdminInMemory['seen']) => void, string, string]>([
    [
      'a table is being created',
      (seen) => Object.assign(seen.tables, { payments: async () => 'CREATING' }),
      'table payments',
      'status CREATING',
    ],
    [
      'a table does not exist',
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
      'status DELETING',
    ],
    [
      'a function of the workflow is not active',
      (seen) => Object.assign(seen, { services: async () => ({ inventory: 'Active', checkout: 'Failed' }) }),
      'workflow services',
      'checkout: Failed',
    ],
    [
      'the workflow definition has no function',
      (seen) => Object.assign(seen, { services: async () => ({}) }),
      'workflow services',
      'no function',
    ],
    [
      'the secret is incomplete',
      (seen) =>
        Object.assign(seen, {
          secret: async () => ({ client_id: 'to-fill-in', client_secret: 'secret', webhook_id: '' }),
        }),
      'PayPal secret',
      'missing: client_id, webhook_id',
    ],
    [
      'PayPal rejects the credentials',
      (seen) => Object.assign(seen, { listWebhooks: throwing(new PayPalUnauthorized(error)) }),
      'PayPal token',
      'credentials rejected',
    ],
    [
      'PayPal has no such webhook',
      (seen) => Object.assign(seen, { listWebhooks: async () => [] }),
      'PayPal webhook',
      'webhook_id is not registered at PayPal',
    ],
    [
      'the webhook is registered for another URL',
      (seen) =>
        Object.assign(seen, {
          listWebhooks: async () => [{ id: 'WEBHOOK', url: 'https://old.example/webhooks/paypal', eventTypes: ['*'] }],
        }),
      'PayPal webhook',
      'registered for https://old.example/webhooks/paypal, expected https://shop.example/webhooks/paypal',
    ],
    [
      'an event type is not subscribed',
      (seen) =>
        Object.assign(seen, {
          listWebhooks: async () => [
            { id: 'WEBHOOK', url: 'https://shop.example/webhooks/paypal', eventTypes: SUBSCRIBED_EVENT_TYPES.slice(1) },
          ],
        }),
      'PayPal webhook',
      'not subscribed to CHECKOUT.ORDER.APPROVED',
    ],
  ])('returns 503 and a failing check when %s', async (_, inject, name, detail) => {
    const admin = healthyAdmin();
    inject(admin.seen);

    const { status, body } = await admin.call(HEALTH);

    expect(status).toBe(503);
    expect(body.status).toBe('failing');
    expect(lineOf(body, name)).toMatchObject({ status: 'failing', detail: expect.stringContaining(detail) });
  });

  it.each<[string, (admin: AdminInMemory) => unknown, string, string]>([
    [
      'the deployment did without reserved concurrency',
      ({ seen }) => Object.assign(seen, { reservesConcurrency: false }),
      'reserved concurrency',
      'off: slow requests of shoppers can delay webhooks; request a higher quota and deploy again',
    ],
    [
      'the dead-letter queue is not empty',
      ({ seen }) => Object.assign(seen.queues, { 'dead letters': async () => 2 }),
      'queue dead letters',
      '2 waiting',
    ],
    [
      'a payment is open for too long',
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
      `3 open, oldest created 2 days ago: pay_${ULID}`,
    ],
    [
      'payments are under review',
      ({ seen }) => Object.assign(seen, { underReview: async () => [`pay_${ULID}`, `pay_${ULID.slice(1)}1`] }),
      'payments under review',
      `2 to review, first: pay_${ULID}`,
    ],
    [
      'a finding is open',
      ({ findings }) =>
        findings.set('1:x', {
          id: '1:x',
          invariant: 'order_or_refund',
          subject: 'x',
          what: 'test',
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
      '1 to retry',
    ],
    [
      'PayPal does not permit Transaction Search',
      ({ runs }) => runs.set('ledger', ledgerRun({ next: '2026-05-31', not_permitted: true })),
      'ledger',
      'not permitted at PayPal, see deploying.md#transaction-search',
    ],
    [
      'unpaid sessions hold the stock of a product',
      ({ runs }) =>
        runs.set('reservations', {
          started_at: '2026-06-01T11:57:00.000Z',
          figures: { checked: 2, 'held_without_payment.MUG': 12 },
        }),
      'stock held without payment',
      'unpaid sessions hold 12 of MUG',
    ],
    [
      'a day of the ledger is overdue',
      ({ runs }) => runs.set('ledger', ledgerRun({ next: '2026-05-30' })),
      'ledger',
      'read up to the start of 2026-05-30',
    ],
    ['a job has not run', ({ runs }) => runs.clear(), 'job payments', 'not run yet'],
    [
      'a job is overdue',
      ({ runs }) =>
        runs.set('payments', {
          started_at: '2026-06-01T08:00:00.000Z',
          finished_at: '2026-06-01T08:00:00.000Z',
          figures: {},
        }),
      'job payments',
      'completed 4 h ago',
    ],
  ])('returns 200 and a check that needs attention when %s', async (_, inject, name, detail) => {
    const admin = healthyAdmin();
    inject(admin);

    const { status, body } = await admin.call(HEALTH);

    expect(status).toBe(200);
    expect(body.status).toBe('attention');
    expect(lineOf(body, name)).toMatchObject({ status: 'attention', detail });
  });

  describe('captures', () => {
    const RESTRICTED = 'capture_refused.PAYEE_ACCOUNT_RESTRICTED';
    it.each<[string, readonly (readonly [hour: string, counters: Record<string, number>])[], string, string]>([
      [
        'all attempts were refused because of the merchant',
        [['T11', { [RESTRICTED]: 2, 'capture_refused.PERMISSION_DENIED': 1 }]],
        'failing',
        'refused in 24 h: PAYEE_ACCOUNT_RESTRICTED (2), PERMISSION_DENIED (1); none succeeded since',
      ],
      [
        'captures succeeded only before the refusals',
        [
          ['T09', { 'settled.captured': 5 }],
          ['T10', { [RESTRICTED]: 1 }],
          ['T11', { [RESTRICTED]: 1, 'settled.approved': 1, 'settled.released': 1 }],
        ],
        'failing',
        'refused in 24 h: PAYEE_ACCOUNT_RESTRICTED (2); none succeeded since',
      ],
      [
        'captures succeeded in the hour of the last refusal',
        [['T11', { [RESTRICTED]: 1, 'settled.captured': 1 }]],
        'attention',
        'refused in 24 h: PAYEE_ACCOUNT_RESTRICTED (1); some succeed',
      ],
      [
        'a late payment was captured after the last refusal',
        [
          ['T10', { [RESTRICTED]: 3 }],
          ['T11', { 'settled.captured_late': 1 }],
        ],
        'ok',
        'refused in 24 h: PAYEE_ACCOUNT_RESTRICTED (3); captures succeed again',
      ],
      [
        'nothing was refused',
        [['T11', { 'settled.captured': 1 }]],
        'ok',
        'none refused because of the merchant in 24 h',
      ],
    ])('has the status and the issues when %s', async (_, hours, status, detail) => {
      const admin = healthyAdmin();
      admin.seen.hours = async () => hours.map(([hour, counters]) => ({ hour: `2026-06-01${hour}`, counters }));

      expect(lineOf((await admin.call(HEALTH)).body, 'captures')).toMatchObject({ status, detail });
    });

    it('reads the last 24 hours', async () => {
      const admin = healthyAdmin();
      const ranges: string[] = [];
      admin.seen.hours = async (...range) => {
        ranges.push(...range.map((at) => at.toISOString()));
        return [];
      };

      await admin.call(HEALTH);

      expect(ranges).toEqual(['2026-05-31T12:00:00.000Z', '2026-06-01T12:00:00.000Z']);
    });
  });

  it('returns how far the ledger was read', async () => {
    const admin = healthyAdmin();
    admin.runs.set('ledger', ledgerRun({ next: '2026-05-31' }));

    const { body } = await admin.call(HEALTH);

    expect(lineOf(body, 'ledger')).toMatchObject({ status: 'ok', detail: 'read up to the start of 2026-05-31' });
  });

  it('returns the age of the last accepted event', async () => {
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
});

describe('health', () => {
  it('times out a check after 2 seconds', async () => {
    vi.useFakeTimers();
    try {
      const pending = health([{ name: 'hanging', run: () => new Promise(() => undefined) }]);
      await vi.advanceTimersByTimeAsync(2000);

      expect((await pending).checks).toMatchObject([
        { status: 'failing', detail: 'timed out after 2000 ms', took_ms: 2000 },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('returns the other checks when one times out', async () => {
    const lines = await health(
      [
        { name: 'hanging', run: () => new Promise(() => undefined) },
        { name: 'fine', run: async () => ({ status: 'ok', detail: 'active' }) },
      ],
      20,
    );

    expect(lines).toMatchObject({
      status: 'failing',
      checks: [
        { name: 'hanging', status: 'failing', detail: 'timed out after 20 ms' },
        { name: 'fine', status: 'ok' },
      ],
    });
  });
});
