import { describe, expect, it } from 'vitest';
import type { Repair, Violation } from '../../../src/consistency/checks/violation.ts';
import { type Finding, findingIdOf } from '../../../src/consistency/finding.ts';
import { type RepairActionResult, type RepairActions, repairFinding } from '../../../src/consistency/repair-finding.ts';
import { PAYMENT, SESSION } from '../../support/builders/payments.ts';

const SEEN = '2026-06-01T12:00:00.000Z';
const counters = { available: 1, reserved: 2, sold: 3 };
const REPAIRS: { readonly [Kind in Repair['kind']]: Extract<Repair, { kind: Kind }> } = {
  settle: { kind: 'settle', payment_id: PAYMENT, settlement: 'captured' },
  ask_paypal: { kind: 'ask_paypal', payment_id: PAYMENT },
  refund: { kind: 'refund', payment_id: PAYMENT },
  refund_capture: { kind: 'refund_capture', payment_id: PAYMENT, capture_id: 'CAPTURE2' },
  release_stock: { kind: 'release_stock', checkout_session_id: SESSION },
  correct_stock: { kind: 'correct_stock', sku: 'MUG', seen: counters, counted: { ...counters, available: 2 } },
  offset_stock: { kind: 'offset_stock', sku: 'MUG', by: { available: 3, reserved: 0, sold: -3 }, drift: '7' },
  replay_event: { kind: 'replay_event', event_id: 'WH-1' },
};

/** One finding, as its recheck returns it, with scripted repair actions. */
function shopWith(repair: Repair | null, { result = { done: true }, closed = false }: Setting = {}) {
  const violation: Violation = {
    invariant: 'order_or_refund',
    subject: PAYMENT,
    what: 'payment is captured, but no order exists',
    repair,
  };
  const id = findingIdOf(violation);
  const finding: Finding = { ...violation, id, first_seen: SEEN, last_seen: SEEN, ...(closed && { closed_at: SEEN }) };
  const done: [Repair, string][] = [];
  const act = async (requested: Repair, by: string) => {
    done.push([requested, by]);
    return result;
  };
  const actions: RepairActions = {
    settle: act,
    ask_paypal: act,
    refund: act,
    refund_capture: act,
    release_stock: act,
    correct_stock: act,
    offset_stock: act,
    replay_event: act,
  };
  const repairIt = (dryRun: boolean, findingId = id) =>
    repairFinding(
      { recheck: async (requested) => (requested === id ? finding : undefined), actions },
      { findingId, dryRun, by: 'operator ada' },
    );
  return { repairIt, done };
}
interface Setting {
  readonly result?: RepairActionResult;
  readonly closed?: boolean;
}

describe('repairFinding', () => {
  it.each(Object.values(REPAIRS))('runs $kind and passes on the operator', async (repair) => {
    const { repairIt, done } = shopWith(repair);

    expect(await repairIt(false)).toMatchObject({ outcome: 'repaired' });
    expect(done).toEqual([[repair, 'operator ada']]);
  });

  it.each(Object.values(REPAIRS))('describes $kind and does nothing when it is a dry run', async (repair) => {
    const { repairIt, done } = shopWith(repair);

    expect(await repairIt(true)).toMatchObject({
      outcome: 'would_repair',
      description: expect.stringMatching(/\w{3}/),
    });
    expect(done).toEqual([]);
  });

  it('does nothing when the finding is already resolved', async () => {
    const { repairIt, done } = shopWith(REPAIRS.refund, { closed: true });

    expect(await repairIt(false)).toMatchObject({ outcome: 'already_resolved' });
    expect(done).toEqual([]);
  });

  it('requires manual review when the finding has no repair', async () => {
    const { repairIt, done } = shopWith(null);

    expect(await repairIt(false)).toMatchObject({
      outcome: 'not_repairable',
      reason: expect.stringContaining('manual review'),
    });
    expect(done).toEqual([]);
  });

  it('returns the reason when the action is not possible', async () => {
    const { repairIt } = shopWith(REPAIRS.refund, {
      result: { done: false, reason: 'PayPal rejected the refund: TOO_LATE' },
    });

    expect(await repairIt(false)).toMatchObject({
      outcome: 'not_repairable',
      reason: 'PayPal rejected the refund: TOO_LATE',
    });
  });

  it('returns unknown_finding when there is none', async () => {
    const { repairIt } = shopWith(REPAIRS.refund);

    expect(await repairIt(false, '1:pay_unknown')).toEqual({ outcome: 'unknown_finding' });
  });
});
