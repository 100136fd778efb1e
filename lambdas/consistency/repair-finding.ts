import type { Finding, Mistake, Repair } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';

/** What a repair led to. */
export type RepairResult =
  | { readonly done: true }
  /** The ordinary way is not open; `why` says so in words. */
  | { readonly done: false; readonly why: string };

/** For each kind of repair, the ordinary way that does it. `by` goes into the histories of what it changes. */
export type RepairWays = {
  readonly [Kind in Repair['kind']]: (repair: Extract<Repair, { kind: Kind }>, by: string) => Promise<RepairResult>;
};

/** What became of a wish to repair a finding. */
export type Repaired =
  /** What a repair would do, in words: nothing was done. */
  | { readonly outcome: 'would_repair'; readonly finding: Finding; readonly will: string }
  /** It was done, or has begun: the next check sees whether it helped, and closes the finding. */
  | { readonly outcome: 'repaired'; readonly finding: Finding; readonly will: string }
  /** The ordinary ways do not mend it, or not now. */
  | { readonly outcome: 'not_repairable'; readonly finding: Finding; readonly why: string }
  /** It was mended meanwhile, and is closed. */
  | { readonly outcome: 'holds_no_more'; readonly finding: Finding }
  | { readonly outcome: 'unknown_finding' };

export interface RepairDeps {
  readonly findings: Pick<FindingRepository, 'get' | 'put' | 'close'>;
  /** Looks again at what a finding is about. @returns what is wrong at that time; undefined when nothing is. */
  readonly lookAgain: (finding: Finding, at: Date) => Promise<Mistake | undefined>;
  readonly ways: RepairWays;
  readonly now: () => Date;
}

/** Which finding, and who wants it repaired. */
export interface RepairWish {
  readonly findingId: string;
  /** Only says what would be done. */
  readonly dryRun: boolean;
  readonly by: string;
}

/**
 * Mends what a finding is about, by the ways by which it should have come about. It is looked at again first: since the check, somebody
 * may have mended it, and another repair may be right by now. Any repair may be asked for twice.
 */
export async function repairFinding(
  { findings, lookAgain, ways, now }: RepairDeps,
  { findingId, dryRun, by }: RepairWish,
): Promise<Repaired> {
  const finding = await findings.get(findingId);
  if (!finding) return { outcome: 'unknown_finding' };
  if (finding.closed_at) return { outcome: 'holds_no_more', finding };

  // Not before the time of the check: what was past its time then is not in flight again.
  const at = new Date(Math.max(now().getTime(), Date.parse(finding.last_seen)));
  const mistake = await lookAgain(finding, at);
  if (!mistake) {
    await findings.close(finding.id, at);
    return { outcome: 'holds_no_more', finding };
  }
  await findings.put(mistake, at);
  const current: Finding = { ...finding, ...mistake, last_seen: at.toISOString() };
  if (!mistake.repair)
    return {
      outcome: 'not_repairable',
      finding: current,
      why: 'the ordinary ways do not mend this: see docs/runbook.md',
    };

  const will = inWords(mistake.repair);
  if (dryRun) return { outcome: 'would_repair', finding: current, will };
  const result = await repairBy(ways, mistake.repair, by);
  return result.done
    ? { outcome: 'repaired', finding: current, will }
    : { outcome: 'not_repairable', finding: current, why: result.why };
}

function repairBy(ways: RepairWays, repair: Repair, by: string): Promise<RepairResult> {
  switch (repair.kind) {
    case 'settle':
      return ways.settle(repair, by);
    case 'ask_paypal':
      return ways.ask_paypal(repair, by);
    case 'refund':
      return ways.refund(repair, by);
    case 'release_stock':
      return ways.release_stock(repair, by);
    case 'correct_stock':
      return ways.correct_stock(repair, by);
    case 'replay_event':
      return ways.replay_event(repair, by);
  }
}

/** What a repair does, for whoever is to say yes to it. */
export function inWords(repair: Repair): string {
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
      return `correct ${sku} to ${countersInWords(counted)}, if it still has ${countersInWords(seen)}`;
    }
    case 'replay_event':
      return `settle once more what the event ${repair.event_id} says`;
  }
}

const countersInWords = ({ available, reserved, sold }: Extract<Repair, { kind: 'correct_stock' }>['seen']) =>
  `${available} available, ${reserved} reserved, ${sold} sold`;
