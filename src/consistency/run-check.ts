import * as z from 'zod/mini';
import type { EventRepository } from '../paypal-webhook/event-repository.ts';
import type { ExecutionClient } from '../settlements/execution-client.ts';
import { FAILED_STATUSES } from '../settlements/failed-settlement-repository.ts';
import { inBatches } from '../shared/in-batches.ts';
import type { Run, RunRepository } from '../shared/run-repository.ts';
import { checkOpenPayments } from './check-open-payments.ts';
import type { CheckContext } from './checks/check-context.ts';
import { eventViolations } from './checks/events.ts';
import { executionViolations } from './checks/executions.ts';
import { checkCounters, imbalances, suspectsSchema } from './checks/stock.ts';
import { INVARIANT_KEYS, INVARIANTS, type Invariant, type Violation } from './checks/violation.ts';
import { compareRefunds } from './compare-refunds.ts';
import { type Finding, findingIdOf } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';
import { type RecheckDeps, recheckFinding } from './recheck-finding.ts';
import { NEW_SCAN, type Scan, scanPage, scanSchema } from './scan-tables.ts';
import {
  type StockCount,
  type StockCountRepository,
  type StoredCount,
  storedCountSchema,
} from './stock-count-repository.ts';

export interface CheckDeps extends Omit<RecheckDeps, 'findings' | 'events'> {
  readonly findings: FindingRepository;
  readonly events: Pick<EventRepository, 'get' | 'unfinished'>;
  readonly workflow: Pick<ExecutionClient, 'failures'>;
  readonly runs: Pick<RunRepository, 'begin' | 'pause' | 'finish'>;
  readonly counts: StockCountRepository;
  readonly ulid: () => string;
  /** False when the run's time is up. */
  readonly hasTime: () => boolean;
  /** Called with an error that leaves a part of the check to the next run. */
  readonly onError: (part: string, error: Error) => void;
}

export interface CheckResult {
  /** Purchases, products, events, executions and refunds checked by this run. */
  readonly checked: number;
  /** Open findings. */
  readonly findings: Readonly<Record<Invariant, number>>;
  /** Whether the scan reached the end; otherwise the next run continues it. */
  readonly finished: boolean;
}

const JOB = 'consistency';

/** The stored cursor: where the next run continues. A cursor that does not parse is ignored. Field names are stored. */
const progressSchema = z.object({
  walk: z.optional(scanSchema),
  /** What the scan knows of the stock; absent when that is nothing. */
  counted: z.optional(storedCountSchema),
  /** Stored here by versions before 0.2. */
  suspects: z.optional(suspectsSchema),
  /** The finding rechecked last. */
  looked_after: z.optional(z.string()),
  /** The payment whose refunds were compared last. */
  refunds_after: z.optional(z.record(z.string(), z.string())),
  /** Pagination tokens of the lists of failed executions. */
  failures: z._default(z.partialRecord(z.enum(FAILED_STATUSES), z.string()), {}),
});
type Progress = z.infer<typeof progressSchema>;

/** Findings written at once, and rechecked at once. */
const CONCURRENCY = 10;

/** The scan of ten million purchases takes four weeks, and costs no more per day: docs/decisions/0030. */
export const MAX_SCAN_PAGES = 150;

/**
 * Runs the consistency check until its time is up; the next run continues. Checks open payments first, to find new
 * violations early, however many findings are open. Then rechecks open findings, to close those that are resolved, and
 * scans some pages of all tables. Each part does a bounded piece of work before it looks at the time again, so that a
 * run ends in time, and counts its findings, also when much is wrong.
 * Safe to run concurrently: a run stores its position together with the tallies up to it.
 */
export async function runCheck(deps: CheckDeps, context: CheckContext): Promise<CheckResult> {
  const progress = progressOf(await deps.runs.begin(JOB, context.now));
  const record = async (violations: readonly Violation[]) => {
    await inBatches(violations, CONCURRENCY, (violation) => deps.findings.put(violation, context.now));
  };

  let open = 0;
  for await (const page of checkOpenPayments(deps.tables, context)) {
    await record(page.violations);
    open += page.checked;
    if (!deps.hasTime()) break;
  }
  await record(await newImbalances(deps));
  const events = await eventViolations(deps.events, context);
  await record(events);
  const executions = await checkExecutions(deps, progress.failures, context);
  await record(executions.violations);
  const rechecked = await recheckOpenFindings(deps, progress.looked_after, context);
  const refunds = await compareRefunds({ ...deps, payments: deps.tables.payments }, progress.refunds_after, context);
  if (refunds.error) deps.onError('refunds', refunds.error);
  await record(refunds.violations);

  const { start, suspects: suspectsBefore } = await resume(deps, progress);
  let scan = start;
  for (let pages = 0; scan.table && pages < MAX_SCAN_PAGES && deps.hasTime(); pages++) {
    const next = await scanPage(deps.tables, scan, scan.table, context);
    await record(next.violations);
    scan = next.scan;
  }
  const parts = [rechecked.checked, open, events.length, executions.checked, refunds.checked];
  const checked = parts.reduce((sum, number) => sum + number, scan.checked - start.checked);

  const finished = scan.table === undefined;
  const suspects =
    finished && !scan.miscounted ? await checkStock(deps, scan, suspectsBefore, record, context) : suspectsBefore;
  const { shelves: tallies, ...walk } = scan;
  const counted = await store(deps, progress.counted, { ...(!finished && tallies && { tallies }), suspects });
  const cursor = JSON.stringify({
    ...(!finished && { walk }),
    ...(counted && { counted }),
    ...(rechecked.after !== undefined && { looked_after: rechecked.after }),
    ...(refunds.after && { refunds_after: refunds.after }),
    failures: executions.cursors,
  } satisfies Progress);
  await (finished
    ? deps.runs.finish(JOB, { at: context.now, figures: figuresOf(scan), cursor })
    : deps.runs.pause(JOB, cursor));
  return { checked, findings: await countFindings(deps.findings), finished };
}

function progressOf({ cursor = '{}' }: Run): Progress {
  return z.safeParse(progressSchema, JSON.parse(cursor)).data ?? z.parse(progressSchema, {});
}

/** Where the scan continues. It restarts when what it has counted so far is lost. */
async function resume(
  { counts, onError }: CheckDeps,
  { walk = NEW_SCAN, counted, suspects = {} }: Progress,
): Promise<{ readonly start: Scan; readonly suspects: StockCount['suspects'] }> {
  if (!counted) return { start: walk, suspects };
  const count = await counts.read(counted);
  if (!count) {
    onError('stock', new Error('a concurrent run has overwritten the count'));
    return { start: walk.table === 'reservations' ? NEW_SCAN : walk, suspects };
  }
  return { start: { ...walk, ...(count.tallies && { shelves: count.tallies }) }, suspects: count.suspects };
}

async function store(
  { counts, ulid }: CheckDeps,
  before: StoredCount | undefined,
  count: StockCount,
): Promise<StoredCount | undefined> {
  const isEmpty = !count.tallies && Object.keys(count.suspects).length === 0;
  return isEmpty ? undefined : counts.save(count, ulid(), before);
}

/** Findings rechecked in one run; more are rechecked in turn. */
const MAX_RECHECKS = 500;

async function recheckOpenFindings(deps: CheckDeps, start: string | undefined, context: CheckContext) {
  let checked = 0;
  let after = start;
  let isPayPalDown = false;
  const needsPayPal = ({ invariant }: Finding) => invariant === 'refunds_match_paypal';
  do {
    const { findings, cursor } = await deps.findings.open(after, CONCURRENCY);
    const local = findings.filter((finding) => !needsPayPal(finding));
    await inBatches(local, CONCURRENCY, (finding) => recheckFinding(deps, finding, context));
    for (const finding of findings.filter(needsPayPal)) {
      // During an outage of PayPal, wait for one timeout only; the other findings stay open.
      if (isPayPalDown || !deps.hasTime()) break;
      try {
        await recheckFinding(deps, finding, context);
      } catch (error) {
        isPayPalDown = true;
        deps.onError('refunds', error as Error);
      }
    }
    checked += findings.length;
    after = cursor;
  } while (after !== undefined && checked < MAX_RECHECKS && deps.hasTime());
  return { checked, after };
}

/** Checks one page of each list, which usually has one. */
async function checkExecutions(
  { workflow, tables, failed }: CheckDeps,
  cursors: Progress['failures'],
  context: CheckContext,
) {
  const violations: Violation[] = [];
  const nextCursors: Progress['failures'] = {};
  let checked = 0;
  for (const status of FAILED_STATUSES) {
    const { failures, next } = await workflow.failures(status, cursors[status]);
    violations.push(...(await executionViolations({ ...tables, failed }, failures, context)));
    checked += failures.length;
    if (next !== undefined) nextCursors[status] = next;
  }
  return { violations, checked, cursors: nextCursors };
}

/** Those without an open finding: the scan has described these in full, with their repair. */
async function newImbalances({ tables, findings }: CheckDeps): Promise<Violation[]> {
  const found = await inBatches(imbalances(await tables.stock.products()), CONCURRENCY, async (violation) => {
    const finding = await findings.get(findingIdOf(violation));
    return finding && !finding.closed_at ? [] : [violation];
  });
  return found.flat();
}

/** Compares the tallies with the products. @returns the suspects for the next scan. */
async function checkStock(
  { tables, findings }: CheckDeps,
  { shelves: tallies = {} }: Scan,
  suspects: StockCount['suspects'],
  record: (violations: readonly Violation[]) => Promise<void>,
  { now }: CheckContext,
) {
  const stock = checkCounters(tallies, await tables.stock.products({ consistent: true }), suspects);
  await record(stock.violations);
  const consistent = new Set(stock.consistent);
  for await (const { id, subject } of allOpen(findings, 'stock_counters')) {
    if (consistent.has(subject) || !(subject in tallies)) await findings.close(id, now);
  }
  return stock.suspects;
}

const figuresOf = ({ checked, payments, shelves: tallies = {} }: Scan): Record<string, number> => ({
  purchases: checked,
  products: Object.keys(tallies).length,
  ...Object.fromEntries(Object.entries(payments).map(([status, number]) => [`payments.${status}`, number])),
});

async function countFindings(findings: FindingRepository): Promise<Record<Invariant, number>> {
  const counts = Object.fromEntries(INVARIANT_KEYS.map((key) => [key, 0])) as Record<Invariant, number>;
  for await (const { invariant } of allOpen(findings)) counts[invariant] += 1;
  return counts;
}

/** As logged, and as the dimension of the metric. */
export const byInvariantNumber = (findings: CheckResult['findings']): Readonly<Record<string, number>> =>
  Object.fromEntries(INVARIANT_KEYS.map((key) => [INVARIANTS[key].number, findings[key]]));

async function* allOpen(findings: FindingRepository, invariant?: Invariant) {
  let cursor: string | undefined;
  do {
    const page = await findings.open(cursor, 1000, invariant);
    yield* page.findings;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
