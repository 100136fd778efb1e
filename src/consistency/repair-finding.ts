import type { Finding, Repair } from './finding.ts';

/** What a repair led to. */
export type RepairActionResult =
  | { readonly done: true }
  /** The ordinary way is not open; `reason` says so in words. */
  | { readonly done: false; readonly reason: string };

/** For each kind of repair, the ordinary way that does it. `by` goes into the histories of what it changes. */
export type RepairActions = {
  readonly [Kind in Repair['kind']]: (
    repair: Extract<Repair, { kind: Kind }>,
    by: string,
  ) => Promise<RepairActionResult>;
};

/** What became of a wish to repair a finding. */
export type RepairFindingResult =
  /** What a repair would do, in words: nothing was done. */
  | { readonly outcome: 'would_repair'; readonly finding: Finding; readonly description: string }
  /** It was done, or has begun: the next check sees whether it helped, and closes the finding. */
  | { readonly outcome: 'repaired'; readonly finding: Finding; readonly description: string }
  /** The ordinary actions do not mend it, or not now. */
  | { readonly outcome: 'not_repairable'; readonly finding: Finding; readonly reason: string }
  /** It was mended meanwhile, and is closed. */
  | { readonly outcome: 'already_resolved'; readonly finding: Finding }
  | { readonly outcome: 'unknown_finding' };

/** What `repairFinding` works with. */
export interface RepairDeps {
  /** What a finding is by now, looked at again: closed if it holds no more; undefined when there is none. */
  readonly recheck: (findingId: string) => Promise<Finding | undefined>;
  readonly actions: RepairActions;
}

/** Which finding, and who wants it repaired. */
export interface RepairRequest {
  readonly findingId: string;
  /** Only says what would be done. */
  readonly dryRun: boolean;
  readonly by: string;
}

/**
 * Mends what a finding is about, by the actions by which it should have come about. It is looked at again first: since the check, somebody
 * may have mended it, and another repair may be right by now. Any repair may be asked for twice.
 */
export async function repairFinding(
  { recheck, actions }: RepairDeps,
  { findingId, dryRun, by }: RepairRequest,
): Promise<RepairFindingResult> {
  const finding = await recheck(findingId);
  if (!finding) return { outcome: 'unknown_finding' };
  if (finding.closed_at) return { outcome: 'already_resolved', finding };
  if (!finding.repair)
    return { outcome: 'not_repairable', finding, reason: 'no ordinary way mends this: a person must look' };

  const description = describe(finding.repair);
  if (dryRun) return { outcome: 'would_repair', finding, description };
  const result = await run(actions, finding.repair, by);
  return result.done
    ? { outcome: 'repaired', finding, description }
    : { outcome: 'not_repairable', finding, reason: result.reason };
}

function run(actions: RepairActions, repair: Repair, by: string): Promise<RepairActionResult> {
  switch (repair.kind) {
    case 'settle':
      return actions.settle(repair, by);
    case 'ask_paypal':
      return actions.ask_paypal(repair, by);
    case 'refund':
      return actions.refund(repair, by);
    case 'release_stock':
      return actions.release_stock(repair, by);
    case 'correct_stock':
      return actions.correct_stock(repair, by);
    case 'replay_event':
      return actions.replay_event(repair, by);
  }
}

/** What a repair does, for whoever is to say yes to it. */
function describe(repair: Repair): string {
  switch (repair.kind) {
    case 'settle':
      return `run the settlement ${repair.settlement} of ${repair.payment_id} again: its steps do only what is not done yet`;
    case 'ask_paypal':
      return `ask PayPal about ${repair.payment_id} and settle on the answer`;
    case 'refund':
      return `give all the money of ${repair.payment_id} back at PayPal`;
    case 'release_stock':
      return `give back to the shelf what ${repair.checkout_session_id} holds`;
    case 'correct_stock': {
      const { sku, seen, counted } = repair;
      return `correct ${sku} to ${formatCounters(counted)}, if it still has ${formatCounters(seen)}`;
    }
    case 'replay_event':
      return `settle once more what the event ${repair.event_id} says`;
  }
}

const formatCounters = ({ available, reserved, sold }: Extract<Repair, { kind: 'correct_stock' }>['seen']) =>
  `${available} available, ${reserved} reserved, ${sold} sold`;
