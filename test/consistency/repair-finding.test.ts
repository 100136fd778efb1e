import { describe, expect, it } from 'vitest';
import { type Finding, findingIdOf, type Mistake, type Repair } from '../../lambdas/consistency/finding.ts';
import { type RepairResult, type RepairWays, repairFinding } from '../../lambdas/consistency/repair-finding.ts';
import { PAYMENT, SESSION } from '../support/sample-payments.ts';

const SEEN = '2026-06-01T12:00:00.000Z';
const NOW = new Date('2026-06-01T12:05:00.000Z');
const counters = { available: 1, reserved: 2, sold: 3 };
const REPAIRS: { readonly [Kind in Repair['kind']]: Extract<Repair, { kind: Kind }> } = {
  settle: { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
  ask_paypal: { kind: 'ask_paypal', payment_id: PAYMENT },
  refund: { kind: 'refund', payment_id: PAYMENT },
  release_stock: { kind: 'release_stock', checkout_session_id: SESSION },
  correct_stock: { kind: 'correct_stock', sku: 'MUG', seen: counters, counted: { ...counters, available: 2 } },
  replay_event: { kind: 'replay_event', event_id: 'WH-1' },
};

const mistakeWith = (repair: Repair | null): Mistake => ({
  invariant: 1,
  subject: PAYMENT,
  what: 'captured, and no order',
  repair,
});

/** A shop with one finding; what is wrong by now, and what its ways lead to, the test says. */
function shopWith({
  repair,
  nowWrong = mistakeWith(repair),
  result = { done: true },
  more = {},
}: {
  repair: Repair | null;
  /** Null when nothing is. */
  nowWrong?: Mistake | null;
  result?: RepairResult;
  more?: Partial<Finding>;
}) {
  const mistake = mistakeWith(repair);
  const finding: Finding = { ...mistake, id: findingIdOf(mistake), first_seen: SEEN, last_seen: SEEN, ...more };
  const done: [Repair, string][] = [];
  const noted: string[] = [];
  const looked: string[] = [];
  const way = async (wanted: Repair, by: string) => {
    done.push([wanted, by]);
    return result;
  };
  const ways: RepairWays = {
    settle: way,
    ask_paypal: way,
    refund: way,
    release_stock: way,
    correct_stock: way,
    replay_event: way,
  };
  const wish = (dryRun: boolean, findingId = finding.id) =>
    repairFinding(
      {
        findings: {
          get: async (id) => (id === finding.id ? finding : undefined),
          put: async ({ what }, at) => void noted.push(`${what} at ${at.toISOString()}`),
          close: async (id, at) => {
            noted.push(`closed ${id} at ${at.toISOString()}`);
            return true;
          },
        },
        lookAgain: async (_, at) => {
          looked.push(at.toISOString());
          return nowWrong ?? undefined;
        },
        ways,
        now: () => NOW,
      },
      { findingId, dryRun, by: 'operator ada' },
    );
  return { wish, done, noted, looked, finding };
}

describe('the repair of a finding', () => {
  it.each(Object.values(REPAIRS))('goes the ordinary way of $kind, and says who wanted it', async (repair) => {
    const { wish, done } = shopWith({ repair });

    expect(await wish(false)).toMatchObject({ outcome: 'repaired' });
    expect(done).toEqual([[repair, 'operator ada']]);
  });

  it.each(Object.values(REPAIRS))('by $kind says beforehand what it would do, and does nothing', async (repair) => {
    const { wish, done } = shopWith({ repair });

    const answer = await wish(true);

    expect(answer).toMatchObject({ outcome: 'would_repair', will: expect.stringMatching(/\w{3}/) });
    expect(done).toEqual([]);
  });

  it('is not done when the finding holds no more: it is closed instead', async () => {
    const { wish, done, noted } = shopWith({ repair: REPAIRS.refund, nowWrong: null });

    expect(await wish(false)).toMatchObject({ outcome: 'holds_no_more' });
    expect(done).toEqual([]);
    expect(noted).toEqual([`closed 1:${PAYMENT} at ${NOW.toISOString()}`]);
  });

  it('is the one that is right by now, not the one that was right at the check', async () => {
    const { wish, done } = shopWith({ repair: REPAIRS.settle, nowWrong: mistakeWith(REPAIRS.refund) });

    expect(await wish(false)).toMatchObject({ outcome: 'repaired', finding: { repair: REPAIRS.refund } });
    expect(done).toEqual([[REPAIRS.refund, 'operator ada']]);
  });

  it('looks again as of the check, should that have been ahead of the clock', async () => {
    const later = '2026-06-01T13:00:00.000Z';

    const { wish, looked } = shopWith({ repair: REPAIRS.settle, more: { last_seen: later } });
    await wish(true);

    expect(looked).toEqual([later]);
  });

  it('is left to a person where no ordinary way mends it', async () => {
    const { wish, done } = shopWith({ repair: null });

    expect(await wish(false)).toMatchObject({ outcome: 'not_repairable', why: expect.stringContaining('runbook') });
    expect(done).toEqual([]);
  });

  it('says why the way was not open', async () => {
    const { wish } = shopWith({ repair: REPAIRS.refund, result: { done: false, why: 'PayPal says TOO_LATE' } });

    expect(await wish(false)).toMatchObject({ outcome: 'not_repairable', why: 'PayPal says TOO_LATE' });
  });

  it('of a closed finding does nothing', async () => {
    const { wish, done, looked } = shopWith({ repair: REPAIRS.refund, more: { closed_at: SEEN } });

    expect(await wish(false)).toMatchObject({ outcome: 'holds_no_more' });
    expect([done, looked]).toEqual([[], []]);
  });

  it('of a finding that never was is none', async () => {
    const { wish } = shopWith({ repair: REPAIRS.refund });

    expect(await wish(false, '1:pay_unknown')).toEqual({ outcome: 'unknown_finding' });
  });
});
