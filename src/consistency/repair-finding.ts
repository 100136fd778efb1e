import { formatChange } from '../inventory/product.ts';
import type { Repair } from './checks/violation.ts';
import type { Finding } from './finding.ts';

export type RepairActionResult =
  | { readonly done: true }
  /** `reason` is shown to the operator. */
  | { readonly done: false; readonly reason: string };

/** One action for each kind of repair. `by` is recorded as the source of the change. */
export type RepairActions = {
  readonly [Kind in Repair['kind']]: (
    repair: Extract<Repair, { kind: Kind }>,
    by: string,
  ) => Promise<RepairActionResult>;
};

export type RepairFindingResult =
  /** Dry run: `description` is what the repair would do. */
  | { readonly outcome: 'would_repair'; readonly finding: Finding; readonly description: string }
  /** Done or started; the next check closes the finding. */
  | { readonly outcome: 'repaired'; readonly finding: Finding; readonly description: string }
  | { readonly outcome: 'not_repairable'; readonly finding: Finding; readonly reason: string }
  /** The recheck before the repair closed it. */
  | { readonly outcome: 'already_resolved'; readonly finding: Finding }
  | { readonly outcome: 'unknown_finding' };

export interface RepairDeps {
  /** Checks a finding again. @returns undefined when there is none. */
  readonly recheck: (findingId: string) => Promise<Finding | undefined>;
  readonly actions: RepairActions;
}

export interface RepairRequest {
  readonly findingId: string;
  readonly dryRun: boolean;
  readonly by: string;
}

/**
 * Repairs a finding through an existing action of the shop, never by a write of its own. Rechecks it first: it may be
 * resolved by now, or need another repair. Idempotent.
 */
export async function repairFinding(
  { recheck, actions }: RepairDeps,
  { findingId, dryRun, by }: RepairRequest,
): Promise<RepairFindingResult> {
  const finding = await recheck(findingId);
  if (!finding) return { outcome: 'unknown_finding' };
  if (finding.closed_at) return { outcome: 'already_resolved', finding };
  if (!finding.repair)
    return { outcome: 'not_repairable', finding, reason: 'no automatic repair; manual review required' };

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
    case 'refund_capture':
      return actions.refund_capture(repair, by);
    case 'release_stock':
      return actions.release_stock(repair, by);
    case 'correct_stock':
      return actions.correct_stock(repair, by);
    case 'offset_stock':
      return actions.offset_stock(repair, by);
    case 'replay_event':
      return actions.replay_event(repair, by);
  }
}

/** Shown to the operator before and after the repair. */
function describe(repair: Repair): string {
  switch (repair.kind) {
    case 'settle':
      return `rerun settlement ${repair.settlement} of ${repair.payment_id}; steps already done are skipped`;
    case 'ask_paypal':
      return `refresh ${repair.payment_id} from PayPal`;
    case 'refund':
      return `refund ${repair.payment_id} in full`;
    case 'refund_capture':
      return `refund capture ${repair.capture_id} of ${repair.payment_id} in full`;
    case 'release_stock':
      return `release the stock reserved for ${repair.checkout_session_id}`;
    case 'correct_stock': {
      const { sku, seen, counted } = repair;
      return `set ${sku} to ${formatCounters(counted)}; skipped unless it still has ${formatCounters(seen)}`;
    }
    case 'offset_stock':
      return `change ${repair.sku} by ${formatChange(repair.by)}`;
    case 'replay_event':
      return `replay event ${repair.event_id}`;
  }
}

const formatCounters = ({ available, reserved, sold }: Extract<Repair, { kind: 'correct_stock' }>['seen']) =>
  `${available} available, ${reserved} reserved, ${sold} sold`;
