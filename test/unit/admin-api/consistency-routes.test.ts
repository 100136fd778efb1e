import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/consistency/finding.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const LOOK = 'GET /api/v1/admin/consistency';
const RUN = 'POST /api/v1/admin/consistency/run';
const REPAIR = 'POST /api/v1/admin/consistency/findings/{id}/repair';
const PAYMENT = `pay_${'0'.repeat(26)}` as const;
const ID = `1:${PAYMENT}`;
const FINDING: Finding = {
  id: ID,
  invariant: 'order_or_refund',
  subject: PAYMENT,
  what: 'the payment is captured, and there is no order',
  repair: { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
  first_seen: '2026-06-01T11:00:00.000Z',
  last_seen: '2026-06-01T11:45:00.000Z',
};

/** An admin who is shown these findings. */
function adminWith(...findings: Finding[]) {
  const admin = adminInMemory();
  for (const finding of findings) admin.findings.set(finding.id, finding);
  return admin;
}

describe('the books', () => {
  it('are shown with what is broken, and when they were checked', async () => {
    const admin = adminWith(FINDING);
    admin.runs.set('consistency', {
      started_at: '2026-06-01T11:44:00.000Z',
      finished_at: '2026-06-01T11:45:00.000Z',
      figures: { purchases: 12 },
    });

    const { id, ...shown } = FINDING;
    expect((await admin.call(LOOK)).body).toEqual({
      last_run: {
        started_at: '2026-06-01T11:44:00.000Z',
        finished_at: '2026-06-01T11:45:00.000Z',
        figures: { purchases: 12 },
      },
      findings: [{ finding_id: id, ...shown, invariant: 1 }],
      next_cursor: null,
    });
  });

  it('have not been checked before the first time', async () => {
    expect((await adminInMemory().call(LOOK)).body).toEqual({ last_run: null, findings: [], next_cursor: null });
  });

  it('are shown page by page', async () => {
    const admin = adminWith(FINDING, { ...FINDING, id: `3:${PAYMENT}`, invariant: 'session_follows_payment' });

    const first = (await admin.call(LOOK, { query: { limit: '1' } })).body;
    const second = (await admin.call(LOOK, { query: { limit: '1', cursor: first.next_cursor } })).body;

    expect([first, second].map(({ findings }) => findings[0].invariant)).toEqual([1, 3]);
    expect(second.next_cursor).toBeNull();
  });

  it.each([
    ['an invariant that there is not', { invariant: '11' }, 'invariant'],
    [
      'a cursor of another invariant',
      { invariant: '2', cursor: Buffer.from(JSON.stringify({ id: ID })).toString('base64url') },
      'cursor',
    ],
    ['something that it does not know', { subject: PAYMENT }, 'subject'],
  ])('cannot be asked about %s', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LOOK, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });

  it('are checked when an operator wishes, and the audit says who', async () => {
    const admin = adminWith(FINDING);

    expect((await admin.call(RUN, { body: { reason: 'after the repair' } })).body).toEqual({
      checked: 7,
      findings: 1,
      finished: true,
    });
    expect(admin.entries).toMatchObject([
      { who: 'ada', what: 'check', target: 'consistency', why: 'after the repair' },
    ]);
  });
});

it('the books are checked without a word of why as well', async () => {
  const admin = adminWith(FINDING);

  expect((await admin.call(RUN)).status).toBe(200);
  expect(admin.entries).toMatchObject([{ who: 'ada', what: 'check', why: 'to see whether the books are right' }]);
});

describe('a finding', () => {
  it('is repaired by the way that it names, and the audit says who wished it', async () => {
    const admin = adminWith(FINDING);

    const { body } = await admin.call(REPAIR, { id: ID, body: { reason: 'the buyer waits' } });

    expect(body).toMatchObject({ finding_id: ID, dry_run: false, outcome: 'repaired' });
    expect(admin.repairs).toEqual([FINDING.repair]);
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'repair', target: ID, why: 'the buyer waits' }]);
  });

  it('is found by its id however the colon in it is written', async () => {
    const admin = adminWith(FINDING);

    const { status } = await admin.call(REPAIR, {
      id: encodeURIComponent(ID),
      body: { dry_run: true, reason: 'what if' },
    });

    expect(status).toBe(200);
  });

  it('is left alone when it is only tried, and the answer tells what would be done', async () => {
    const admin = adminWith(FINDING);

    const { body } = await admin.call(REPAIR, { id: ID, body: { dry_run: true, reason: 'what if' } });

    expect(body).toMatchObject({ dry_run: true, outcome: 'would_repair', what: expect.stringContaining('captured') });
    expect(admin.repairs).toEqual([]);
    expect(admin.entries).toEqual([]);
  });

  it('that holds no more says so', async () => {
    const admin = adminWith({ ...FINDING, closed_at: '2026-06-01T11:50:00.000Z' });

    const { body } = await admin.call(REPAIR, { id: ID, body: { reason: 'the buyer waits' } });

    expect(body.outcome).toBe('holds_no_more');
    expect(admin.repairs).toEqual([]);
  });

  it('that only a person can mend is refused', async () => {
    const admin = adminWith({ ...FINDING, repair: null });

    const { status, body } = await admin.call(REPAIR, { id: ID, body: { reason: 'the buyer waits' } });

    expect(status).toBe(409);
    expect(body.type).toBe('/problems/not-repairable');
  });

  it('that is not there is not found, and nothing is written down', async () => {
    const admin = adminInMemory();

    expect((await admin.call(REPAIR, { id: '2:unknown', body: { reason: 'a try' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });
});
