import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Violation } from '../../../../src/consistency/checks/violation.ts';
import { ledgerDayOf } from '../../../../src/ledger/days.ts';
import { netOf } from '../../../../src/ledger/statement.ts';
import type { Payment } from '../../../../src/payments/payment.ts';
import { PayPalUnavailable } from '../../../../src/paypal/errors.ts';
import type { PayPalTransaction, TransactionPage, TransactionQuery } from '../../../../src/paypal/transactions.ts';
import { ledgerJob } from '../../../../src/reconciliation/jobs/ledger.ts';
import type { PaymentId } from '../../../../src/shared/ids.ts';
import { jobRunAt } from '../../../support/builders/job-runs.ts';
import { paymentThatIs } from '../../../support/builders/payments.ts';
import { ledgerInMemory } from '../../../support/in-memory/ledger.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** The first day with transactions. */
const START = Date.parse('2026-06-01T00:00:00.000Z');
/** Three days with transactions and an empty one are complete. */
const NOW = START + 4 * DAY + 3 * HOUR;
const at = (time: number) => new Date(time).toISOString();
const dayAt = (time: number) => at(time).slice(0, 10);
const eur = (minor: number) => ({ currency: 'EUR', minor });

const paymentId = (number: number): PaymentId => `pay_01ARZ3NDEKTSV4RRFF${String(number).padStart(8, '0')}`;
const captureId = (number: number) => `CAPTURE${number}`;

/** A captured payment; `refunds` are the totals that it recorded, with their times. */
function paid(number: number, minor: number, time: number, refunds: readonly (readonly [number, number])[] = []) {
  const total = refunds.at(-1)?.[0] ?? 0;
  const status = total === 0 ? 'captured' : total < minor ? 'partially_refunded' : 'refunded';
  const entry = { evidence: 'test', source: 'test' };
  return paymentThatIs(status, {
    payment_id: paymentId(number),
    amount: eur(minor),
    captured: eur(minor),
    capture_id: captureId(number),
    refunded_minor: total,
    history: [
      { ...entry, at: at(time - MINUTE), status: 'created' },
      { ...entry, at: at(time), status: 'captured' },
      ...refunds.map(([sum, when]) => ({
        ...entry,
        at: at(when),
        status: sum < minor ? ('partially_refunded' as const) : ('refunded' as const),
      })),
    ],
  });
}

const received = (number: number, minor: number, time: number, more: Partial<PayPalTransaction> = {}) => ({
  id: captureId(number),
  code: 'T0006',
  status: 'S',
  at: at(time),
  amount: eur(minor),
  fee: eur(-35),
  custom_field: paymentId(number),
  ...more,
});
/** By default, without `custom_field`. */
const returned = (number: number, minor: number, time: number, more: Partial<PayPalTransaction> = {}) => ({
  id: `REFUND${number}AT${time}`,
  code: 'T1107',
  status: 'S',
  at: at(time),
  amount: eur(-minor),
  fee: eur(5),
  reference_id: captureId(number),
  ...more,
});
const ofAnotherShop = (number: number, time: number): PayPalTransaction => {
  const { custom_field: _, ...transaction } = received(9000 + number, 777, time);
  return number % 2 ? transaction : { ...transaction, custom_field: 'order 17' };
};

interface Limits {
  readonly pageSize?: number;
  readonly maxResults?: number;
  /** Requests that one run may make. */
  readonly callsPerRun?: number;
}

function world(
  payments: readonly Payment[],
  transactions: PayPalTransaction[],
  { pageSize = 500, maxResults = 10_000, callsPerRun = 1000 }: Limits = {},
) {
  const rows = new Map(payments.map((payment) => [payment.payment_id, payment]));
  const ledger = ledgerInMemory();
  const findings = new Map<string, Violation>();
  const queries: TransactionQuery[] = [];
  const clock = { now: NOW };
  let cursor: string | undefined;
  /** Replaces the response to the next requests. */
  const responses: (() => TransactionPage)[] = [];
  const lastChange = ({ history }: Payment) => ledgerDayOf(new Date(history.at(-1)?.at ?? ''));

  const deps = {
    payments: {
      byCapture: async (id: string) => [...rows.values()].find(({ capture_id }) => capture_id === id),
      getAll: async (ids: readonly PaymentId[]) => ids.flatMap((id) => rows.get(id) ?? []),
      ofLedgerDay: async (day: string, limit: number, after: PaymentId | undefined) =>
        [...rows.values()]
          .filter((payment) => payment.captured && lastChange(payment) === day)
          .map(({ payment_id }) => payment_id)
          .filter((id) => !after || id > after)
          .sort()
          .slice(0, limit),
    },
    ledger: ledger.repository,
    findings: { put: async (violation: Violation) => void findings.set(violation.subject, violation) },
    now: () => new Date(clock.now),
    async listTransactions(query: TransactionQuery): Promise<TransactionPage> {
      queries.push(query);
      clock.now += SECOND;
      const response = responses.shift();
      if (response) return response();
      const found = transactions
        .filter((one) => at(query.from.getTime()) <= one.at && one.at <= at(query.to.getTime()))
        .filter(({ id }) => !query.transactionId || id === query.transactionId);
      if (found.length > maxResults) return { outcome: 'too_large' };
      return {
        outcome: 'page',
        transactions: found.slice((query.page - 1) * pageSize, query.page * pageSize),
        pages: Math.ceil(found.length / pageSize),
        refreshed_at: at(clock.now),
      };
    },
  };
  const job = ledgerJob(deps);
  const failures: string[] = [];
  const run = async (dueBefore = clock.now) => {
    const result = await job(
      jobRunAt(new Date(dueBefore), {
        cursor,
        until: new Date(clock.now + callsPerRun * SECOND),
        onError: (item) => void failures.push(item),
      }),
    );
    return result;
  };
  return {
    rows,
    transactions,
    ledger,
    findings,
    queries,
    clock,
    responses,
    failures,
    /** Runs once, and keeps the cursor. */
    async run(dueBefore?: number) {
      const result = await run(dueBefore);
      cursor = result.cursor;
      return result;
    },
    /** Runs twice at once; the last one to finish sets the cursor. */
    async runTwice() {
      for (const { cursor: next } of await Promise.all([run(), run()])) cursor = next;
    },
    position: () => JSON.parse(cursor ?? '{}'),
    subjects: () => [...findings.keys()].sort(),
    async runToTheEnd() {
      for (let runs = 0; runs < 500; runs += 1) {
        await this.run();
        if (!this.position().reading && this.position().again.length === 0 && this.position().next >= dayAt(NOW))
          return;
      }
      throw new Error('does not reach the end');
    },
  };
}

describe('ledgerJob', () => {
  it('finds nothing when PayPal and the shop agree', async () => {
    const shop = world(
      [
        paid(1, 2000, START + HOUR),
        paid(2, 1000, START + HOUR, [
          [400, START + DAY],
          [1000, START + 2 * DAY],
        ]),
      ],
      [
        received(1, 2000, START + HOUR),
        received(2, 1000, START + HOUR),
        returned(2, 400, START + DAY),
        returned(2, 600, START + 2 * DAY, { code: 'T1106' }),
      ],
    );

    await shop.runToTheEnd();

    expect(shop.subjects()).toEqual([]);
  });

  it.each<[what: string, Payment[], PayPalTransaction[], Partial<Violation>]>([
    [
      'money without a payment',
      [],
      [received(1, 2000, START)],
      {
        what: 'PayPal has EUR 20.00 of capture CAPTURE1, but there is no such payment',
        repair: null,
      },
    ],
    [
      'money for a payment that was given up',
      [{ ...paid(1, 2000, START), status: 'expired', capture_id: 'x' }],
      [received(1, 2000, START)],
      {
        what: 'PayPal has EUR 20.00 of capture CAPTURE1, but the payment is expired and does not record it',
        repair: { kind: 'ask_paypal', payment_id: paymentId(1) },
      },
    ],
    [
      'a second capture',
      [paid(1, 2000, START)],
      [received(1, 2000, START), received(1, 2000, START, { id: 'SECOND' })],
      { what: 'PayPal has EUR 20.00 of capture SECOND, but the payment is captured and does not record it' },
    ],
    [
      'a payment without money',
      [paid(1, 2000, START)],
      [],
      {
        what: 'PayPal does not list capture CAPTURE1, the payment records EUR 20.00',
        repair: { kind: 'ask_paypal', payment_id: paymentId(1) },
      },
    ],
    [
      'money that is only pending',
      [paid(1, 2000, START)],
      [received(1, 2000, START, { status: 'P' })],
      { what: 'PayPal does not list capture CAPTURE1, the payment records EUR 20.00' },
    ],
    [
      'another amount',
      [paid(1, 2000, START)],
      [received(1, 1900, START)],
      { what: 'PayPal received EUR 19.00, the payment records EUR 20.00', repair: null },
    ],
    [
      'another currency',
      [paid(1, 2000, START)],
      [received(1, 2000, START, { amount: { currency: 'JPY', minor: 2000 } })],
      { what: 'PayPal has capture CAPTURE1 in JPY, the payment in EUR', repair: null },
    ],
    [
      'a refund that is not recorded',
      [paid(1, 2000, START, [[500, START + HOUR]])],
      [received(1, 2000, START), returned(1, 500, START + HOUR), returned(1, 300, START + DAY)],
      {
        what: 'PayPal returned EUR 8.00, the payment records EUR 5.00',
        repair: { kind: 'ask_paypal', payment_id: paymentId(1) },
      },
    ],
    [
      'a chargeback that is not recorded',
      [paid(1, 2000, START)],
      [received(1, 2000, START), returned(1, 2000, START + DAY, { code: 'T1201' })],
      { what: 'PayPal returned EUR 20.00, the payment records EUR 0.00' },
    ],
    [
      'a refund that PayPal does not list',
      [paid(1, 2000, START, [[500, START + HOUR]])],
      [received(1, 2000, START)],
      { what: 'PayPal returned EUR 0.00, the payment records EUR 5.00', repair: null },
    ],
  ])('finds %s', async (_, payments, transactions, violation) => {
    const shop = world(payments, transactions);

    await shop.runToTheEnd();

    expect([...shop.findings.values()]).toEqual([
      expect.objectContaining({ invariant: 'ledger_matches_paypal', subject: paymentId(1), ...violation }),
    ]);
  });

  it.each<[what: string, Payment[], PayPalTransaction[]]>([
    ['transactions of another shop', [], [1, 2, 3].map((number) => ofAnotherShop(number, START))],
    [
      'a second capture that was refunded',
      [paid(1, 2000, START)],
      [
        received(1, 2000, START),
        received(1, 2000, START, { id: 'SECOND' }),
        returned(1, 2000, START, { reference_id: 'SECOND', custom_field: paymentId(1) }),
      ],
    ],
    [
      'a second capture that the payment records',
      [{ ...paid(1, 2000, START), extra_captures: { SECOND: { amount: eur(2000), refunded_minor: 0 } } }],
      [received(1, 2000, START), received(1, 2000, START, { id: 'SECOND' })],
    ],
    ['a hold', [paid(1, 2000, START)], [received(1, 2000, START), returned(1, 2000, START + DAY, { code: 'T1110' })]],
    ['a denied transaction', [], [received(1, 2000, START, { status: 'D' })]],
    [
      'a capture that PayPal dates before midnight, and the shop after it',
      [paid(1, 2000, START + DAY + 2 * MINUTE)],
      [received(1, 2000, START + DAY - SECOND)],
    ],
    [
      'a capture that the shop dates before midnight, and PayPal after it',
      [paid(1, 2000, START + DAY - 2 * SECOND)],
      [received(1, 2000, START + DAY + 2 * SECOND)],
    ],
    [
      'a refund across midnight',
      [paid(1, 2000, START, [[500, START + DAY + MINUTE]])],
      [received(1, 2000, START), returned(1, 500, START + DAY - SECOND)],
    ],
  ])('ignores %s', async (_, payments, transactions) => {
    const shop = world(payments, transactions);

    await shop.runToTheEnd();

    expect(shop.subjects()).toEqual([]);
  });

  it('finds each planted difference and nothing else, however the list is cut', async () => {
    await fc.assert(
      fc.asyncProperty(scenarios, fc.boolean(), async ({ payments, transactions, planted, limits }, twice) => {
        const shop = world(payments, transactions, limits);

        if (twice) await shop.runTwice();
        await shop.runToTheEnd();

        expect(shop.subjects()).toEqual(planted);
        const ours = transactions.filter(({ custom_field, reference_id, id }) =>
          [custom_field, reference_id, id].some((text) => text?.match(/^(pay_|CAPTURE\d{1,3}$)/)),
        );
        const known = ours.filter(
          ({ custom_field, reference_id }) =>
            custom_field || payments.some(({ capture_id }) => capture_id === reference_id),
        );
        const net = known.reduce((sum, { amount, fee }) => sum + amount.minor + (fee?.minor ?? 0), 0);
        const statements = [...shop.ledger.statements.values()];
        const sums = statements.flatMap(({ currencies }) => Object.values(currencies));
        expect(sums.reduce((sum, one) => sum + netOf(one), 0)).toBe(net);
        expect(sums.reduce((sum, { count }) => sum + count, 0)).toBe(known.length);
      }),
      { numRuns: 150 },
    );
  });

  it('stores a statement for each day', async () => {
    const shop = world(
      [paid(1, 2000, START), paid(2, 1000, START, [[1000, START + HOUR]])],
      [
        received(1, 2000, START),
        received(2, 1000, START),
        returned(2, 1000, START + HOUR),
        returned(1, 300, START + HOUR, { code: 'T1106', fee: eur(0) }),
        { id: 'FEE', code: 'T0106', status: 'S', at: at(START + HOUR), amount: eur(-1600), reference_id: captureId(1) },
        received(3, 500, START, { amount: { currency: 'JPY', minor: 500 }, fee: { currency: 'JPY', minor: -40 } }),
        ofAnotherShop(1, START),
      ],
    );

    await shop.runToTheEnd();

    expect(await shop.ledger.repository.statements('2026-06-01', '2026-06-02')).toEqual([
      {
        day: '2026-06-01',
        read_until: '2026-06-02T00:00:00.000Z',
        currencies: {
          EUR: { gross: 3000, refunds: 1000, reversals: 300, fees: 1665, count: 5 },
          JPY: { gross: 500, refunds: 0, reversals: 0, fees: 40, count: 1 },
        },
      },
      { day: '2026-06-02', read_until: '2026-06-03T00:00:00.000Z', currencies: {} },
    ]);
  });

  it('begins a month ago, and makes one request for a day', async () => {
    const shop = world([], []);

    const { figures } = await shop.run();

    expect(shop.queries.map(({ from }) => dayAt(from.getTime()))).toEqual(
      Array.from({ length: 31 }, (_, day) => dayAt(NOW - (31 - day) * DAY)),
    );
    expect(figures).toMatchObject({ days: 31 });
  });

  it('stops when its time is up, and the next run continues', async () => {
    const shop = world([], [], { callsPerRun: 10 });

    await shop.run();
    expect(shop.queries).toHaveLength(10);
    await shop.runToTheEnd();

    expect(shop.queries).toHaveLength(31);
  });

  it('makes no request while no day is complete', async () => {
    const shop = world([], []);
    await shop.run();
    const { length } = shop.queries;

    shop.clock.now = START + 5 * DAY + 3 * HOUR - MINUTE;
    await shop.run();
    expect(shop.queries).toHaveLength(length);

    shop.clock.now += 2 * MINUTE;
    await shop.run();
    expect(shop.queries).toHaveLength(length + 1);
  });

  it('makes one request for each page, and none for a payment', async () => {
    const numbers = Array.from({ length: 250 }, (_, number) => number);
    const shop = world(
      numbers.map((number) => paid(number, 100, START)),
      numbers.map((number) => received(number, 100, START)),
      { pageSize: 100 },
    );

    await shop.runToTheEnd();

    expect(shop.queries.filter(({ from }) => from.getTime() === START).map(({ page }) => page)).toEqual([1, 2, 3]);
    expect(shop.queries.every(({ transactionId }) => transactionId === undefined)).toBe(true);
  });

  it('waits when PayPal’s data is older than the end of the day', async () => {
    const shop = world([paid(1, 2000, START)], [], {});
    const stale = () => ({ outcome: 'page', transactions: [], pages: 1, refreshed_at: at(START - 28 * DAY) }) as const;
    shop.responses.push(stale);

    await shop.run();

    expect(shop.queries).toHaveLength(1);
    expect(shop.ledger.statements.size).toBe(0);
    await shop.runToTheEnd();
    expect(shop.subjects()).toEqual([paymentId(1)]);
  });

  it.each(['not_available', 'not_permitted'] as const)(
    'stops without an error when PayPal answers %s',
    async (outcome) => {
      const shop = world([], []);
      shop.responses.push(() => ({ outcome }));

      await shop.run();

      expect(shop.queries).toHaveLength(1);
      expect(shop.position().not_permitted).toBe(outcome === 'not_permitted' || undefined);
      await shop.run();
      expect(shop.position()).toMatchObject({ next: dayAt(NOW) });
      expect(shop.position().not_permitted).toBeUndefined();
    },
  );

  it('keeps the pages that it read when PayPal fails, and fails when it read none', async () => {
    const shop = world([], []);
    const unavailable = () => {
      throw new PayPalUnavailable('timeout', { operation: 'listTransactions' });
    };
    shop.responses.push(() => ({ outcome: 'page', transactions: [], pages: 2, refreshed_at: at(NOW) }), unavailable);

    await shop.run();
    expect(shop.position().reading).toMatchObject({ list: { page: 2 } });
    expect(shop.failures).toEqual([dayAt(NOW - 31 * DAY)]);

    shop.responses.push(unavailable);
    await expect(shop.run()).rejects.toThrow(PayPalUnavailable);
  });

  it('fails when PayPal has too many transactions for any period', async () => {
    const shop = world(
      [],
      Array.from({ length: 5 }, (_, number) => ofAnotherShop(number, START)),
      { maxResults: 4 },
    );

    await expect(shop.runToTheEnd()).rejects.toThrow('too many transactions at PayPal within a second');
  });

  it('reads a day once more after PayPal listed a transaction of it late', async () => {
    // A bank completed it on the third day.
    const payment = paid(1, 2000, START + 2 * DAY);
    const history = payment.history.map((entry, i) => (i === 0 ? { ...entry, at: at(START - MINUTE) } : entry));
    const shop = world([{ ...payment, history }], []);
    shop.clock.now = START + DAY + 4 * HOUR;
    await shop.run();
    expect(await shop.ledger.repository.statements('2026-06-01', '2026-06-01')).toMatchObject([{ currencies: {} }]);

    shop.transactions.push(received(1, 2000, START));
    shop.clock.now = NOW;
    await shop.runToTheEnd();

    expect(shop.subjects()).toEqual([]);
    expect(await shop.ledger.repository.statements('2026-06-01', '2026-06-01')).toMatchObject([
      { currencies: { EUR: { gross: 2000, count: 1 } } },
    ]);
    expect(shop.queries.filter(({ transactionId }) => transactionId)).toHaveLength(1);
  });

  it('reads a day once more after a refund that was pending on it', async () => {
    const completed = START + 2 * DAY + HOUR;
    const payment = paid(1, 2000, START, [[500, completed]]);
    const shop = world([{ ...payment, refunds: { REFUND: { status: 'COMPLETED' } } }], [received(1, 2000, START)]);
    shop.clock.now = START + 2 * DAY + 4 * HOUR;
    await shop.run();

    shop.transactions.push(returned(1, 500, START + DAY, { id: 'REFUND' }));
    shop.clock.now = NOW;
    await shop.runToTheEnd();

    expect(shop.subjects()).toEqual([]);
    expect(await shop.ledger.repository.statements('2026-06-02', '2026-06-02')).toMatchObject([
      { currencies: { EUR: { refunds: 500, count: 1 } } },
    ]);
    expect(shop.queries.flatMap(({ transactionId }) => transactionId ?? [])).toEqual(['REFUND']);
  });

  it('does not compare payments from before the first day that it read', async () => {
    const before = START - 60 * DAY;
    const shop = world(
      [
        paid(1, 2000, before, [
          [500, before + DAY],
          [800, START + HOUR],
        ]),
      ],
      [received(1, 2000, before), returned(1, 500, before + DAY), returned(1, 300, START + HOUR)],
    );

    await shop.runToTheEnd();

    expect(shop.subjects()).toEqual([]);
  });

  it('reads the current day as far as PayPal has it when it is due early, and once more later', async () => {
    const shop = world([paid(1, 2000, NOW - HOUR)], [received(1, 2000, NOW - HOUR)]);
    const later = NOW + DAY;

    await shop.run(later);
    expect(await shop.ledger.repository.statements(dayAt(NOW), dayAt(NOW))).toMatchObject([
      { currencies: { EUR: { count: 1 } } },
    ]);
    expect(shop.position().next).toBe(dayAt(NOW));
    expect(shop.subjects()).toEqual([]);

    // PayPal may not have this one yet.
    const justPaid = paid(3, 1000, shop.clock.now - 2 * MINUTE);
    shop.rows.set(justPaid.payment_id, justPaid);
    await shop.run(later);
    expect(shop.subjects()).toEqual([]);

    shop.rows.delete(justPaid.payment_id);
    shop.transactions.push(received(2, 1000, NOW + HOUR));
    shop.clock.now = later;
    await shop.run();

    expect(await shop.ledger.repository.statements(dayAt(NOW), dayAt(NOW))).toMatchObject([
      { currencies: { EUR: { count: 2 } } },
    ]);
    expect(shop.subjects()).toEqual([paymentId(2)]);
  });
});

type Difference = 'none' | 'lost' | 'given up' | 'missing' | 'amount' | 'refund here' | 'refund there';

/** Payments and the list of PayPal that agree, but for one difference in some of them. */
const scenarios = fc
  .record({
    purchases: fc.array(
      fc.record({
        minor: fc.integer({ min: 100, max: 5000 }),
        offset: fc.integer({ min: 0, max: 3 * DAY - SECOND }),
        /** How late the shop records something. */
        delay: fc.integer({ min: 0, max: 4 * MINUTE }),
        refunds: fc.array(
          fc.record({ part: fc.integer({ min: 1, max: 40 }), after: fc.integer({ min: 0, max: DAY }) }),
          {
            maxLength: 2,
          },
        ),
        reversed: fc.boolean(),
        hasCustomField: fc.boolean(),
        difference: fc.constantFrom<Difference>(
          'none',
          'none',
          'none',
          'lost',
          'given up',
          'missing',
          'amount',
          'refund here',
          'refund there',
        ),
      }),
      { maxLength: 25 },
    ),
    others: fc.array(fc.integer({ min: 0, max: 3 * DAY }), { maxLength: 10 }),
    limits: fc.record({
      pageSize: fc.integer({ min: 1, max: 10 }),
      maxResults: fc.constantFrom(25, 100),
      callsPerRun: fc.integer({ min: 1, max: 30 }),
    }),
  })
  .map(({ purchases, others, limits }) => {
    const payments: Payment[] = [];
    const transactions = others.map((offset, number) => ofAnotherShop(number, START + offset));
    const planted: PaymentId[] = [];
    const wholeSecond = (time: number) => Math.floor(time / SECOND) * SECOND;
    for (const [
      number,
      { minor, offset, delay, refunds, reversed, hasCustomField, difference },
    ] of purchases.entries()) {
      const end = START + 3 * DAY - SECOND;
      const capturedAt = START + offset;
      const back = refunds
        .map(({ part, after }) => ({
          minor: Math.max(1, Math.floor((minor * part) / 100)),
          time: capturedAt + after,
        }))
        .filter(({ time }) => time <= end)
        .sort((a, b) => a.time - b.time);
      const more = hasCustomField ? { custom_field: paymentId(number) } : {};
      const code = reversed ? 'T1106' : 'T1107';
      const atPayPal = back.map((refund, i) =>
        returned(number, refund.minor, wholeSecond(refund.time), { ...more, code, id: `REFUND${number}N${i}` }),
      );
      let total = 0;
      const here = back.map(({ minor: part, time }) => {
        total += part;
        return [total, time + delay] as const;
      });
      const capture = received(number, difference === 'amount' ? minor + 1 : minor, wholeSecond(capturedAt));
      const payment = paid(number, minor, capturedAt + delay, difference === 'refund there' ? here.slice(0, -1) : here);
      if (difference !== 'none' && (back.length > 0 || !difference.startsWith('refund')))
        planted.push(paymentId(number));

      if (difference === 'given up') payments.push({ ...payment, status: 'expired' });
      else if (difference !== 'lost') payments.push(payment);
      if (difference !== 'missing') transactions.push(capture);
      // A refund that does not name a lost payment is like one of another shop's.
      if (difference !== 'missing')
        transactions.push(...(difference === 'refund here' ? atPayPal.slice(0, -1) : atPayPal));
    }
    return { payments, transactions, planted: planted.sort(), limits };
  });
