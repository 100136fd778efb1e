import type { HourlyMetrics } from '../settlements/hourly-metrics-repository.ts';
import type { Run } from '../shared/run-repository.ts';
import { WORKFLOW_STEPS } from '../shared/workflow-steps.ts';

/**
 * The workflow steps of each service, and the outcomes whose settlements always run one of them; a step that only some
 * settlements of an outcome run is not counted as succeeded. A test compares both with
 * statemachines/payment-settlement.asl.json.
 */
export const SERVICES = {
  checkout: {
    steps: WORKFLOW_STEPS.checkout,
    outcomes: ['captured', 'released', 'refunded'],
  },
  inventory: {
    steps: WORKFLOW_STEPS.inventory,
    outcomes: ['captured', 'captured_late', 'approved_late', 'released'],
  },
  fulfillment: { steps: WORKFLOW_STEPS.fulfillment, outcomes: ['captured', 'refunded'] },
} as const;

type Counters = HourlyMetrics['counters'];

/** Success rates and latencies, per hour and in total. */
export function shopMetrics(hours: readonly HourlyMetrics[], from: Date, to: Date, lastCheck: Run | undefined) {
  const byHour = new Map(hours.map(({ hour, counters }) => [hour, counters]));
  const all = hoursBetween(from, to).map((hour) => ({ hour, counters: byHour.get(hour) ?? {} }));
  const total = sumOf(all.map(({ counters }) => counters));
  return {
    from: timeOf(hourOf(from)),
    to: timeOf(hourOf(new Date(to.getTime() + HOUR_MS))),
    services: figuresOf(total),
    latencies: latenciesOf(total),
    hours: all.map(({ hour, counters }) => ({
      hour: timeOf(hour),
      settled: sumUnder(counters, 'settled.'),
      failed: sumUnder(counters, 'failed.'),
      services: figuresOf(counters),
      latencies: latenciesOf(counters),
    })),
    payments: lastCheck?.finished_at
      ? { counted_at: lastCheck.finished_at, by_status: byStatus(lastCheck.figures) }
      : null,
  };
}

const HOUR_MS = 3_600_000;
const hourOf = (at: Date): string => at.toISOString().slice(0, 13);
const timeOf = (hour: string): string => `${hour}:00:00.000Z`;

function hoursBetween(from: Date, to: Date): string[] {
  const hours: string[] = [];
  for (let at = Date.parse(timeOf(hourOf(from))); at <= to.getTime(); at += HOUR_MS) hours.push(hourOf(new Date(at)));
  return hours;
}

/** Sums counters, and takes the maximum of each `.max`. */
function sumOf(hours: readonly Counters[]): Counters {
  const sum: Record<string, number> = {};
  for (const counters of hours)
    for (const [name, value] of Object.entries(counters))
      sum[name] = name.endsWith('.max') ? Math.max(sum[name] ?? 0, value) : (sum[name] ?? 0) + value;
  return sum;
}

const count = (counters: Counters, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (counters[name] ?? 0), 0);
const sumUnder = (counters: Counters, prefix: string): number =>
  count(
    counters,
    Object.keys(counters).filter((name) => name.startsWith(prefix)),
  );

function figuresOf(counters: Counters) {
  const figures = ({ steps, outcomes }: (typeof SERVICES)[keyof typeof SERVICES]) => {
    const succeeded = count(
      counters,
      outcomes.map((outcome) => `settled.${outcome}`),
    );
    const failed = count(
      counters,
      steps.map((step) => `step_failed.${step}`),
    );
    return { succeeded, failed, success_rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed) };
  };
  return {
    checkout: figures(SERVICES.checkout),
    inventory: figures(SERVICES.inventory),
    fulfillment: figures(SERVICES.fulfillment),
  };
}

function latenciesOf(counters: Counters) {
  const latency = (name: string) => {
    const samples = counters[`${name}.count`] ?? 0;
    return {
      count: samples,
      average_ms: samples === 0 ? null : Math.round((counters[`${name}.sum`] ?? 0) / samples),
      max_ms: samples === 0 ? null : (counters[`${name}.max`] ?? null),
    };
  };
  return { webhook_to_status: latency('webhook_to_status'), capture_to_order: latency('capture_to_order') };
}

const byStatus = (figures: Run['figures']): Record<string, number> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      name.startsWith('payments.') ? [[name.slice('payments.'.length), value]] : [],
    ),
  );
