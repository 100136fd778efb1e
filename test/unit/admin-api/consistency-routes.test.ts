import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/consistency/finding.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const LIST = 'GET /api/v1/admin/consistency';
const RUN = 'POST /api/v1/admin/consistency/run';
const REPAIR = 'POST /api/v1/admin/consistency/findings/{id}/repair';
const PAYMENT = `pay_${'0'.repeat(26)}` as const;
const ID = `1:${PAYMENT}`;
const FINDING: Finding = {
  id: ID,
  invariant: 'order_or_refund',
  subject: PAYMENT,
  what: 'payment is captured, but no order exists',
  repair: { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
  first_seen: '2026-06-01T11:00:00.000Z',
  last_seen: '2026-06-01T11:45:00.000Z',
};

function adminWith(...findings: Finding[]) {
  const admin = adminInMemory();
  for (const finding of findings) admin.findings.set(finding.id, finding);
  return admin;
}

describe('GET /api/v1/admin/consistency', () => {
  it('returns the open findings and the last run', async () => {
    const admin = adminWith(FINDING);
    admin.runs.set('consistency', {
      started_at: '2026-06-01T11:44:00.000Z',
      finished_at: '2026-06-01T11:45:00.000Z',
      figures: { purchases: 12 },
    });

    const { id, ...finding } = FINDING;
    expect((await admin.call(LIST)).body).toEqual({
      last_run: {
        started_at: '2026-06-01T11:44:00.000Z',
        finished_at: '2026-06-01T11:45:00.000Z',
        figures: { purchases: 12 },
      },
      findings: [{ finding_id: id, ...finding, invariant: 1 }],
      next_cursor: null,
    });
  });

  it('returns no last run before the first check', async () => {
    expect((await adminInMemory().call(LIST)).body).toEqual({ last_run: null, findings: [], next_cursor: null });
  });

  it('paginates', async () => {
    const admin = adminWith(FINDING, { ...FINDING, id: `3:${PAYMENT}`, invariant: 'session_follows_payment' });

    const first = (await admin.call(LIST, { query: { limit: '1' } })).body;
    const second = (await admin.call(LIST, { query: { limit: '1', cursor: first.next_cursor } })).body;

    expect([first, second].map(({ findings }) => findings[0].invariant)).toEqual([1, 3]);
    expect(second.next_cursor).toBeNull();
  });

  it('paginates after a finding of an invariant with two digits', async () => {
    const admin = adminWith(
      { ...FINDING, id: `11:${PAYMENT}`, invariant: 'ledger_matches_paypal' },
      { ...FINDING, id: `11:${PAYMENT}1`, invariant: 'ledger_matches_paypal' },
    );

    const { next_cursor } = (await admin.call(LIST, { query: { limit: '1' } })).body;

    expect(await admin.call(LIST, { query: { cursor: next_cursor } })).toMatchObject({ status: 200 });
  });

  it('paginates after a finding with the longest id', async () => {
    const admin = adminWith({ ...FINDING, id: `1:${'x'.repeat(1022)}` }, { ...FINDING, id: `2:${PAYMENT}` });

    const { next_cursor } = (await admin.call(LIST, { query: { limit: '1' } })).body;

    expect(await admin.call(LIST, { query: { cursor: next_cursor } })).toMatchObject({ status: 200 });
  });

  it.each([
    [
      'a cursor that DynamoDB would reject',
      { cursor: Buffer.from('{"id":"4:\\ud800"}').toString('base64url') },
      'cursor',
    ],
    ['an unknown invariant', { invariant: '12' }, 'invariant'],
    [
      'a cursor of another invariant',
      { invariant: '2', cursor: Buffer.from(JSON.stringify({ id: ID })).toString('base64url') },
      'cursor',
    ],
    ['an unknown field', { subject: PAYMENT }, 'subject'],
  ])('rejects %s and names the field', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(LIST, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});

describe('POST /api/v1/admin/consistency/run', () => {
  it('runs the check and records the operator', async () => {
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

  it('runs the check when no reason is given', async () => {
    const admin = adminWith(FINDING);

    expect((await admin.call(RUN)).status).toBe(200);
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'check', why: 'manual check' }]);
  });
});

describe('POST /api/v1/admin/consistency/findings/{id}/repair', () => {
  it('runs the repair and records the operator', async () => {
    const admin = adminWith(FINDING);

    const { body } = await admin.call(REPAIR, { id: ID, body: { reason: 'buyer waits' } });

    expect(body).toMatchObject({ finding_id: ID, dry_run: false, outcome: 'repaired' });
    expect(admin.repairs).toEqual([FINDING.repair]);
    expect(admin.entries).toMatchObject([{ who: 'ada', what: 'repair', target: ID, why: 'buyer waits' }]);
  });

  it('accepts an encoded colon in the id', async () => {
    const admin = adminWith(FINDING);

    const { status } = await admin.call(REPAIR, {
      id: encodeURIComponent(ID),
      body: { dry_run: true, reason: 'preview' },
    });

    expect(status).toBe(200);
  });

  it('returns the description and changes nothing when it is a dry run', async () => {
    const admin = adminWith(FINDING);

    const { body } = await admin.call(REPAIR, { id: ID, body: { dry_run: true, reason: 'preview' } });

    expect(body).toMatchObject({ dry_run: true, outcome: 'would_repair', what: expect.stringContaining('captured') });
    expect(admin.repairs).toEqual([]);
    expect(admin.entries).toEqual([]);
  });

  it('returns holds_no_more when the finding is closed', async () => {
    const admin = adminWith({ ...FINDING, closed_at: '2026-06-01T11:50:00.000Z' });

    const { body } = await admin.call(REPAIR, { id: ID, body: { reason: 'buyer waits' } });

    expect(body.outcome).toBe('holds_no_more');
    expect(admin.repairs).toEqual([]);
  });

  it('rejects a finding that requires manual review', async () => {
    const admin = adminWith({ ...FINDING, repair: null });

    const { status, body } = await admin.call(REPAIR, { id: ID, body: { reason: 'buyer waits' } });

    expect(status).toBe(409);
    expect(body.type).toBe('/problems/not-repairable');
  });

  it('returns 404 and records nothing when there is no finding', async () => {
    const admin = adminInMemory();

    expect((await admin.call(REPAIR, { id: '2:unknown', body: { reason: 'test' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });

  it.each([
    ['a subject of 1,023 characters', `4:${'x'.repeat(1023)}`],
    ['other characters than ASCII', `4:${encodeURIComponent('☃'.repeat(400))}`],
    ['a line break', '4:MUG%0A'],
    ['no subject', '4:'],
    ['no number', 'x'.repeat(2100)],
  ])('returns 404 without reading an id with %s', async (_, id) => {
    const admin = adminInMemory();
    admin.fail('findings.get', new Error('ValidationException'));

    expect((await admin.call(REPAIR, { id, body: { reason: 'test' } })).status).toBe(404);
    expect(admin.entries).toEqual([]);
  });

  it('repairs a finding with the longest id', async () => {
    const id = `4:${'x'.repeat(1022)}`;
    const admin = adminWith({ ...FINDING, id });

    expect((await admin.call(REPAIR, { id, body: { reason: 'test' } })).status).toBe(200);
  });
});
