import { isolateUnreadable } from '../../consistency/checks/isolate-unreadable.ts';
import { ledgerViolation } from '../../consistency/checks/ledger.ts';
import type { Violation } from '../../consistency/checks/violation.ts';
import type { FindingRepository } from '../../consistency/finding-repository.ts';
import { dayOf, endOfDay, nextDay, startOfDay } from '../../ledger/days.ts';
import { type LedgerCursor, ledgerCursorFrom, type Reading } from '../../ledger/ledger-cursor.ts';
import { type LedgerLine, lineOf } from '../../ledger/ledger-line.ts';
import type { LedgerRepository, LedgerSpan } from '../../ledger/ledger-repository.ts';
import { addToStatement } from '../../ledger/statement.ts';
import type { Payment } from '../../payments/payment.ts';
import type { PaymentRepository } from '../../payments/payment-repository.ts';
import { PayPalUnavailable } from '../../paypal/errors.ts';
import { MAX_PERIOD_MS, type PayPalTransaction, type PayPalTransactions } from '../../paypal/transactions.ts';
import { MAX_BATCH_GET } from '../../shared/dynamo.ts';
import { isPaymentId } from '../../shared/ids.ts';
import { inBatches } from '../../shared/in-batches.ts';
import type { Job } from '../job.ts';

export interface LedgerJobDeps extends PayPalTransactions {
  readonly payments: Pick<PaymentRepository, 'byCapture' | 'getAll' | 'ofLedgerDay'>;
  readonly ledger: LedgerRepository;
  readonly findings: Pick<FindingRepository, 'put'>;
  readonly now: () => Date;
}

interface Figures {
  /** Days read to their end. */
  days: number;
  /** Transactions of the shop. */
  transactions: number;
  violations: number;
}

/** What the run may do next: go on, or stop until a later run. */
type Progress = 'next' | 'stop';

const HOUR_MS = 3_600_000;
/** PayPal lists a transaction within three hours. */
const MAX_DELAY_MS = 3 * HOUR_MS;
/** A period that is too long for PayPal is halved down to a second, the unit of PayPal's times. */
const MIN_PERIOD_MS = 1000;
const CONCURRENCY = 10;

/**
 * Compares PayPal's ledger with the payments, one complete UTC day after the other. Each page of transactions is stored
 * as lines, and compared: money at PayPal that no payment records. Once all pages of a day are stored, its statement
 * is, and the payments that changed on that day are compared: money that PayPal does not list.
 * A run that is `dueBefore` a later time than now reads the current day as far as PayPal has it; it is read once more.
 */
export const ledgerJob =
  (deps: LedgerJobDeps): Job =>
  async ({ dueBefore, until, cursor, onError }) => {
    const figures: Figures = { days: 0, transactions: 0, violations: 0 };
    let position = ledgerCursorFrom(cursor, dueBefore);
    const isEarly = dueBefore > deps.now();
    let steps = 0;
    try {
      for (let progress: Progress = 'next'; progress === 'next' && deps.now() < until; steps += 1) {
        const reading = position.reading ?? startReading(position, dueBefore);
        if (!reading) break;
        const step = reading.list
          ? await readPage(deps, reading, reading.list, isEarly, figures)
          : await comparePayments(deps, reading, until, figures);
        progress = step.progress;
        position = advance(position, step, figures);
      }
    } catch (error) {
      // The pages that were read are kept. Nothing to keep: the run fails.
      if (!(error instanceof PayPalUnavailable) || steps === 0) throw error;
      onError(position.reading?.day ?? position.next, error);
    }
    return { figures: { ...figures }, repaired: 0, cursor: JSON.stringify(position) };
  };

interface Step {
  readonly progress: Progress;
  /** Absent once the day is compared, and where it cannot be read yet. */
  readonly reading?: Reading;
  /** The day that was compared. */
  readonly done?: Reading;
  /** Earlier days with a transaction that PayPal had not listed. */
  readonly again?: readonly string[];
  readonly notPermitted?: boolean;
}

function advance({ next, again }: LedgerCursor, step: Step, figures: Figures): LedgerCursor {
  const { reading, done, notPermitted } = step;
  const isComplete = done !== undefined && Date.parse(done.read_until) === endOfDay(done.day).getTime();
  if (isComplete) figures.days += 1;
  const queued = new Set([...again, ...(step.again ?? [])]);
  if (done) queued.delete(done.day);
  return {
    next: isComplete && done.day === next ? nextDay(next) : next,
    again: [...queued],
    ...(reading && { reading }),
    ...(notPermitted && { not_permitted: true as const }),
  };
}

/** Undefined when no day is complete. */
function startReading({ next, again: [again] }: LedgerCursor, dueBefore: Date): Reading | undefined {
  const day = again ?? next;
  const [from, to] = [startOfDay(day), endOfDay(day)];
  if (to.getTime() + MAX_DELAY_MS > dueBefore.getTime()) return undefined;
  const list = { from: from.toISOString(), to: to.toISOString(), page: 1 };
  return { day, list, currencies: {}, read_until: list.to };
}

/** Reads one page of a day. Running it twice changes nothing. */
async function readPage(
  deps: LedgerJobDeps,
  reading: Reading,
  list: NonNullable<Reading['list']>,
  isEarly: boolean,
  figures: Figures,
): Promise<Step> {
  const { day } = reading;
  const [from, to] = [new Date(list.from), new Date(list.to)];
  const page = await deps.listTransactions({ from, to, page: list.page });
  switch (page.outcome) {
    case 'not_permitted':
      return { progress: 'stop', notPermitted: true };
    case 'not_available':
      return { progress: 'stop' };
    case 'too_large': {
      const half = Math.floor((to.getTime() - from.getTime()) / 2000) * 1000;
      if (half < MIN_PERIOD_MS) throw new Error(`too many transactions at PayPal within a second: ${list.from}`);
      const middle = new Date(from.getTime() + half).toISOString();
      return { progress: 'next', reading: { ...reading, list: { from: list.from, to: middle, page: 1 } } };
    }
    case 'page': {
      const end = endOfDay(day).toISOString();
      const { refreshed_at: refreshed = end } = page;
      if (refreshed < end && !isEarly) return { progress: 'stop' };

      // The end of one period is the start of the next.
      const lines = await ownLines(
        deps,
        page.transactions.filter(({ at }) => at < list.to),
      );
      await deps.ledger.putLines(lines);
      figures.transactions += lines.length;
      await compareLines(deps, day, lines, figures);
      const { list: _, ...rest } = reading;
      const nextList =
        list.page < page.pages
          ? { ...list, page: list.page + 1 }
          : list.to < end && { from: list.to, to: end, page: 1 };
      return {
        progress: 'next',
        reading: {
          ...rest,
          ...(nextList && { list: nextList }),
          currencies: addToStatement(reading.currencies, lines),
          read_until: new Date(Math.min(Date.parse(refreshed), Date.parse(reading.read_until))).toISOString(),
        },
      };
    }
  }
}

/** The transactions that name one of the shop's payments, or a capture of one; another shop may use the account too. */
async function ownLines(
  { payments }: LedgerJobDeps,
  transactions: readonly PayPalTransaction[],
): Promise<LedgerLine[]> {
  const paymentOf = async ({ custom_field }: PayPalTransaction, captureId: string | undefined) => {
    if (custom_field !== undefined && isPaymentId(custom_field)) return custom_field;
    return captureId === undefined ? undefined : (await payments.byCapture(captureId))?.payment_id;
  };
  const lines = await inBatches(transactions, CONCURRENCY, async (transaction) => {
    const line = lineOf(transaction);
    const payment_id = line && (await paymentOf(transaction, line.capture_id));
    return payment_id ? [{ ...line, payment_id }] : [];
  });
  return lines.flat();
}

/** Compares the payments of a page. Later pages of the day may have the rest, so nothing counts as missing yet. */
async function compareLines(
  { payments, ledger, findings, now }: LedgerJobDeps,
  day: string,
  lines: readonly LedgerLine[],
  figures: Figures,
): Promise<void> {
  const start = startOfDay(day).toISOString();
  const span: LedgerSpan = { since: start, until: start };
  const ofPayments = Map.groupBy(lines, ({ payment_id }) => payment_id);
  const ids = [...ofPayments.keys()];
  for (let i = 0; i < ids.length; i += MAX_BATCH_GET) {
    const batch = ids.slice(i, i + MAX_BATCH_GET);
    const { rows, unreadable } = await isolateUnreadable(payments.getAll, batch);
    const found = new Map(rows.map((payment) => [payment.payment_id, payment]));
    for (const id of batch) {
      if (unreadable.has(id)) continue;
      const ofPage = ofPayments.get(id) ?? [];
      const isPlain = ofPage.every(({ type }) => type === 'payment');
      if (isPlain && !ledgerViolation(id, found.get(id), ofPage, span)) continue;
      // A refund counts with the earlier ones, and a second capture may have been refunded.
      const violation = ledgerViolation(id, found.get(id), await ledger.linesOf(id), span);
      if (violation) await record({ findings, now }, violation, figures);
    }
  }
}

/** Compares the next payments that changed on a day whose pages are all stored. */
async function comparePayments(deps: LedgerJobDeps, reading: Reading, until: Date, figures: Figures): Promise<Step> {
  const { payments, ledger, now } = deps;
  const { day, currencies, read_until, after } = reading;
  if (!after) await ledger.putStatement({ day, currencies, read_until });
  const span = await ledger.span();
  const ids = await payments.ofLedgerDay(day, MAX_BATCH_GET, after);
  const { rows } = await isolateUnreadable(payments.getAll, ids);
  const captured = rows.flatMap(({ payment_id, capture_id }) => (capture_id ? [{ payment_id, capture_id }] : []));
  const captureLines = new Map((await ledger.captureLines(captured)).map((line) => [line.payment_id, line]));
  const byId = new Map(rows.map((payment) => [payment.payment_id, payment]));
  const again: string[] = [];
  let last = after;
  for (const id of span ? ids : []) {
    if (now() >= until) return { progress: 'stop', reading: { ...reading, ...(last && { after: last }) }, again };
    const payment = byId.get(id);
    const late = payment && span ? await compareStored(deps, payment, captureLines.get(id), span, figures) : [];
    again.push(...late.filter((earlier) => earlier < day));
    last = id;
  }
  return ids.length < MAX_BATCH_GET
    ? { progress: Date.parse(read_until) < endOfDay(day).getTime() ? 'stop' : 'next', done: reading, again }
    : { progress: 'next', reading: { ...reading, ...(last && { after: last }) }, again };
}

/** Compares one payment with its stored lines. @returns the days of transactions that PayPal listed late. */
async function compareStored(
  deps: LedgerJobDeps,
  payment: Payment,
  captureLine: LedgerLine | undefined,
  span: LedgerSpan,
  figures: Figures,
): Promise<string[]> {
  const { ledger } = deps;
  const { payment_id: id, refunded_minor } = payment;
  const stored = captureLine && refunded_minor === 0 ? [captureLine] : await ledger.linesOf(id);
  const violation = ledgerViolation(id, payment, stored, span);
  if (!violation) return [];
  const late = await findLate(deps, payment, stored);
  await ledger.putLines(late);
  const remaining = ledgerViolation(id, payment, [...stored, ...late], span);
  if (remaining) await record(deps, remaining, figures);
  return late.map(({ at }) => dayOf(new Date(at)));
}

/**
 * Looks up the capture and the refunds that no line shows. One that a bank completes days later keeps its first date at
 * PayPal, whose day may have been read before it was listed.
 */
async function findLate(
  { listTransactions, now }: LedgerJobDeps,
  { payment_id, capture_id, refunds = {}, history }: Payment,
  stored: readonly LedgerLine[],
): Promise<LedgerLine[]> {
  const listed = new Set(stored.map(({ transaction_id }) => transaction_id));
  const recorded = [capture_id, ...Object.keys(refunds).filter((id) => refunds[id]?.status === 'COMPLETED')];
  const lastChange = Date.parse(history.at(-1)?.at ?? now().toISOString());
  const to = new Date(Math.min(lastChange + HOUR_MS, now().getTime()));
  const from = new Date(to.getTime() - MAX_PERIOD_MS);
  const late: LedgerLine[] = [];
  for (const transactionId of recorded) {
    if (transactionId === undefined || listed.has(transactionId)) continue;
    const page = await listTransactions({ from, to, page: 1, transactionId });
    const found = page.outcome === 'page' ? page.transactions : [];
    late.push(...found.flatMap((transaction) => lineOf(transaction) ?? []).map((line) => ({ ...line, payment_id })));
  }
  return late;
}

async function record(
  { findings, now }: Pick<LedgerJobDeps, 'findings' | 'now'>,
  violation: Violation,
  figures: Figures,
): Promise<void> {
  figures.violations += 1;
  await findings.put(violation, now());
}
