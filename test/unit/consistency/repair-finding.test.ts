import { describe, expect, it } from 'vitest';
import { type Finding, findingIdOf, type Repair, type Violation } from '../../../src/consistency/finding.ts';
import { type RepairActionResult, type RepairActions, repairFinding } from '../../../src/consistency/repair-finding.ts';
import { PAYMENT, SESSION } from '../../support/builders/payments.ts';

const SEEN = '2026-06-01T12:00:00.000Z';
const counters = { available: 1, reserved: 2, sold: 3 };
const REPAIRS: { readonly [Kind in Repair['kind']]: Extract<Repair, { kind: Kind }> } = {
  settle: { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
  ask_paypal: { kind: 'ask_paypal', payment_id: PAYMENT },
  refund: { kind: 'refund', payment_id: PAYMENT },
  release_stock: { kind: 'release_stock', checkout_session_id: SESSION },
  correct_stock: { kind: 'correct_stock', sku: 'MUG', seen: counters, counted: { ...counters, available: 2 } },
  replay_event: { kind: 'replay_event', event_id: 'WH-1' },
};

/** A shop with one finding, as it is when it is looked at again; what its actions lead to, the test says. */
function shopWith(repair: Repair | null, { result = { done: true }, closed = false }: Setting = {}) {
  const violation: Violation = {
    invariant: 'order_or_refund',
    subject: PAYMENT,
    what: 'captured, and no order',
    repair,
  };
  const id = findingIdOf(violation);
  const finding: Finding = { ...violation, id, first_seen: SEEN, last_seen: SEEN, ...(closed && { closed_at: SEEN }) };
  const done: [Repair, string][] = [];
  const way = async (wanted: Repair, by: string) => {
    done.push([wanted, by]);
    return result;
  };
  const actions: RepairActions = {
    settle: way,
    ask_paypal: way,
    refund: way,
    release_stock: way,
    correct_stock: way,
    replay_event: way,
  };
  const wish = (dryRun: boolean, findingId = id) =>
    repairFinding(
      { recheck: async (wanted) => (wanted === id ? finding : undefined), actions },
      { findingId, dryRun, by: 'operator ada' },
    );
  return { wish, done };
}
interface Setting {
  readonly result?: RepairActionResult;
  readonly closed?: boolean;
}

describe('the repair of a finding', () => {
  it.each(Object.values(REPAIRS))('goes the ordinary way of $kind, and says who wanted it', async (repair) => {
    const { wish, done } = shopWith(repair);

    expect(await wish(false)).toMatchObject({ outcome: 'repaired' });
    expect(done).toEqual([[repair, 'operator ada']]);
  });

  it.each(Object.values(REPAIRS))('by $kind says beforehand what it would do, and does nothing', async (repair) => {
    const { wish, done } = shopWith(repair);

    expect(await wish(true)).toMatchObject({ outcome: 'would_repair', description: expect.stringMatching(/\w{3}/) });
    expect(done).toEqual([]);
  });

  it('is not done when the finding holds no more', async () => {
    const { wish, done } = shopWith(REPAIRS.refund, { closed: true });

    expect(await wish(false)).toMatchObject({ outcome: 'already_resolved' });
    expect(done).toEqual([]);
  });

  it('is left to a person where no ordinary way mends it', async () => {
    const { wish, done } = shopWith(null);

    expect(await wish(false)).toMatchObject({ outcome: 'not_repairable', reason: expect.stringContaining('person') });
    expect(done).toEqual([]);
  });

  it('says why the way was not open', async () => {
    const { wish } = shopWith(REPAIRS.refund, { result: { done: false, reason: 'PayPal says TOO_LATE' } });

    expect(await wish(false)).toMatchObject({ outcome: 'not_repairable', reason: 'PayPal says TOO_LATE' });
  });

  it('of a finding that never was is none', async () => {
    const { wish } = shopWith(REPAIRS.refund);

    expect(await wish(false, '1:pay_unknown')).toEqual({ outcome: 'unknown_finding' });
  });
});
