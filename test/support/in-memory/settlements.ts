import type { Payment } from '../../../src/payments/payment.ts';
import type { DeadLetterQueue } from '../../../src/settlements/dead-letter-queue.ts';
import type { Execution, ExecutionClient } from '../../../src/settlements/execution-client.ts';
import type {
  FailedSettlement,
  FailedSettlementRepository,
} from '../../../src/settlements/failed-settlement-repository.ts';
import type { HourlyMetricsRepository } from '../../../src/settlements/hourly-metrics-repository.ts';
import { type Gate, paymentsInMemory } from './tables.ts';

export function failedSettlementsInMemory(gate: Gate) {
  const rows = new Map<string, FailedSettlement>();

  const repository = {
    record: (failure) =>
      gate('failed.record', () => {
        const id = `${failure.payment_id}-${failure.settlement}`;
        const recorded = rows.get(id);
        const same = recorded?.execution_arn === failure.execution_arn && recorded.redrives === failure.redrives;
        if (recorded && (same || recorded.last_failed_at >= failure.last_failed_at)) return false;
        rows.set(id, { ...failure, failed_at: recorded?.failed_at ?? failure.last_failed_at });
        return true;
      }),
    remove: (paymentId, settlement) => gate('failed.remove', () => void rows.delete(`${paymentId}-${settlement}`)),
    list: (limit, cursor = '') =>
      gate('failed.list', () => {
        const after = [...rows].filter(([id]) => id > cursor).sort(([a], [b]) => (a < b ? -1 : 1));
        const page = after.slice(0, limit);
        return {
          failed: page.map(([, failure]) => failure),
          ...(after.length > limit && { cursor: page.at(-1)?.[0] ?? '' }),
        };
      }),
    count: (max) => gate('failed.count', () => ({ matching: Math.min(rows.size, max), more: rows.size > max })),
    ofPayment: (paymentId) =>
      gate('failed.ofPayment', () => [...rows.values()].filter(({ payment_id }) => payment_id === paymentId)),
  } satisfies FailedSettlementRepository;
  return { rows, repository };
}

/** Sums all hours up as one. */
export function hourlyMetricsInMemory(gate: Gate) {
  const counters: Record<string, number> = {};
  const add = (name: string, by: number) => {
    counters[name] = (counters[name] ?? 0) + by;
  };

  const repository = {
    between: () => gate('hours.between', () => [{ hour: '2026-06-01T12', counters }]),
    add: (_, counts, times = {}) =>
      gate('hours.add', () => {
        for (const [name, by] of Object.entries(counts)) add(name, by);
        for (const [name, milliseconds] of Object.entries(times)) {
          add(`${name}.count`, 1);
          add(`${name}.sum`, milliseconds);
          counters[`${name}.max`] = Math.max(counters[`${name}.max`] ?? 0, milliseconds);
        }
      }),
  } satisfies HourlyMetricsRepository;
  return { counters, repository };
}

const ARN = 'arn:aws:states:eu-central-1:000000000000:execution:machine';
const STARTED_AT = new Date('2026-06-01T12:00:01.000Z');
export const executionArnOf = (name: string): string => `${ARN}:${name}`;

/** Executions as described by Step Functions; they never run. A redrive sets RUNNING and is counted. */
export function executionsInMemory(gate: Gate) {
  const rows = new Map<string, Execution>();
  const nameOf = (arn: string) => arn.replace(`${ARN}:`, '');
  const set = (name: string, change: Partial<Execution>) => {
    const started = {
      arn: executionArnOf(name),
      status: 'RUNNING',
      redrivable: false,
      redrives: 0,
      startedAt: STARTED_AT,
    } as const;
    rows.set(name, { ...started, ...rows.get(name), ...change });
  };

  const workflow = {
    describe: (name) => gate('workflow.describe', () => rows.get(name)),
    start: (name) =>
      gate('workflow.start', () => {
        if (!rows.has(name)) set(name, {});
      }),
    redrive: (arn) =>
      gate('workflow.redrive', () => {
        const execution = rows.get(nameOf(arn));
        if (!execution?.redrivable) return false;
        const { endedAt: _, error: __, cause: ___, ...running } = execution;
        rows.set(nameOf(arn), { ...running, status: 'RUNNING', redrivable: false, redrives: execution.redrives + 1 });
        return true;
      }),
    failures: (status) =>
      gate('workflow.failures', () => ({
        failures: [...rows].flatMap(([name, one]) =>
          one.status === status && one.endedAt ? [{ name, status, endedAt: one.endedAt }] : [],
        ),
      })),
    failedSteps: () => gate('workflow.failedSteps', () => ['CreateOrder']),
  } satisfies ExecutionClient;
  return { rows, set, workflow };
}

/** The dead-letter queue: a received message stays hidden until it is put back. */
function deadLettersInMemory(gate: Gate) {
  const messages = new Map<string, { readonly body: string; hidden: boolean }>();

  const queue = {
    receive: () =>
      gate('queue.receive', () => {
        const seen = [...messages].filter(([, { hidden }]) => !hidden).slice(0, 10);
        for (const [, message] of seen) message.hidden = true;
        return seen.map(([receipt, { body }]) => ({ receipt, body }));
      }),
    remove: ({ receipt }) => gate('queue.remove', () => void messages.delete(receipt)),
    putBack: ({ receipt }) =>
      gate('queue.putBack', () => {
        const message = messages.get(receipt);
        if (message) message.hidden = false;
      }),
  } satisfies DeadLetterQueue;
  return {
    queue,
    add: (body: string) => void messages.set(`message ${messages.size}`, { body, hidden: false }),
    visible: () => [...messages.values()].filter(({ hidden }) => !hidden).map(({ body }) => body),
    size: () => messages.size,
  };
}

/** The dependencies of the settlements use cases, for one payment. The external call named by `fails` fails once. */
export function settlementsOf(payment: Payment, { fails }: { fails?: string } = {}) {
  const calls: string[] = [];
  let failing = fails;
  const hooks = new Map<string, () => Promise<void>>();
  const gate: Gate = async (call, effect) => {
    calls.push(call);
    const hook = hooks.get(call);
    hooks.delete(call);
    await hook?.();
    if (call === failing) {
      failing = undefined;
      throw new Error(`${call} failed`);
    }
    return effect();
  };
  const payments = paymentsInMemory(gate);
  payments.rows.set(payment.payment_id, payment);
  const failed = failedSettlementsInMemory(gate);
  const hours = hourlyMetricsInMemory(gate);
  const executions = executionsInMemory(gate);
  const deadLetters = deadLettersInMemory(gate);
  const errors: unknown[] = [];
  return {
    deps: {
      payments: payments.repository,
      failed: failed.repository,
      hours: hours.repository,
      workflow: executions.workflow,
      queue: deadLetters.queue,
      onError: (error: unknown) => void errors.push(error),
    },
    deadLetters,
    errors,
    payments,
    failed,
    hours,
    executions,
    calls,
    payment: () => payments.rows.get(payment.payment_id) as Payment,
    /** Runs a hook before the next call of this name. */
    before: (call: string, hook: () => Promise<void>) => void hooks.set(call, hook),
  };
}
