import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERVICES, shopMetrics } from '../../../src/admin-api/shop-metrics.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const METRICS = 'GET /api/v1/admin/metrics';
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 5, 1, hour, minute));

describe('shopMetrics', () => {
  const metrics = shopMetrics(
    [
      {
        hour: '2026-06-01T10',
        counters: {
          'settled.captured': 3,
          'settled.released': 1,
          'failed.captured': 1,
          'step_failed.CreateOrder': 1,
          'capture_to_order.count': 3,
          'capture_to_order.sum': 900,
          'capture_to_order.max': 500,
        },
      },
      {
        hour: '2026-06-01T12',
        counters: {
          'settled.captured': 1,
          'capture_to_order.count': 1,
          'capture_to_order.sum': 300,
          'capture_to_order.max': 300,
        },
      },
    ],
    at(10, 30),
    at(12, 10),
    {
      started_at: '2026-06-01T11:59:00.000Z',
      finished_at: '2026-06-01T12:00:00.000Z',
      figures: { purchases: 9, 'payments.captured': 4, 'payments.cancelled': 1 },
    },
  );

  it('returns every hour, empty ones included', () => {
    expect(metrics.hours.map(({ hour, settled, failed }) => [hour, settled, failed])).toEqual([
      ['2026-06-01T10:00:00.000Z', 4, 1],
      ['2026-06-01T11:00:00.000Z', 0, 0],
      ['2026-06-01T12:00:00.000Z', 1, 0],
    ]);
    expect([metrics.from, metrics.to]).toEqual(['2026-06-01T10:00:00.000Z', '2026-06-01T13:00:00.000Z']);
  });

  it('returns the success rate of each service', () => {
    expect(metrics.services).toEqual({
      checkout: { succeeded: 5, failed: 0, success_rate: 1 },
      inventory: { succeeded: 5, failed: 0, success_rate: 1 },
      fulfillment: { succeeded: 4, failed: 1, success_rate: 0.8 },
    });
    expect(metrics.hours[1]?.services.checkout.success_rate).toBeNull();
  });

  it('returns average and maximum latencies', () => {
    expect(metrics.latencies.capture_to_order).toEqual({ count: 4, average_ms: 300, max_ms: 500 });
    expect(metrics.latencies.webhook_to_status).toEqual({ count: 0, average_ms: null, max_ms: null });
  });

  it('returns the payments by status of the last finished check', () => {
    expect(metrics.payments).toEqual({
      counted_at: '2026-06-01T12:00:00.000Z',
      by_status: { captured: 4, cancelled: 1 },
    });
  });

  it('returns no payments before the first check', () => {
    expect(shopMetrics([], at(10), at(10), undefined).payments).toBeNull();
  });
});

describe('SERVICES', () => {
  interface State {
    readonly Type: string;
    readonly Resource?: string;
    readonly Parameters?: { readonly step?: string };
    readonly Next?: string;
    readonly Default?: string;
    readonly Choices?: readonly { readonly StringEquals?: string; readonly Next: string }[];
    readonly Branches?: readonly Machine[];
  }
  interface Machine {
    readonly StartAt: string;
    readonly States: Readonly<Record<string, State>>;
  }
  const machine: Machine = JSON.parse(
    readFileSync(new URL('../../../statemachines/payment-settlement.asl.json', import.meta.url), 'utf8'),
  );
  const everyState = ({ States }: Machine): State[] =>
    Object.values(States).flatMap((state) => [state, ...(state.Branches ?? []).flatMap(everyState)]);
  const serviceOf = ({ Resource = '' }: State) => Resource.replace(/^\$\{(\w+)Arn\}$/, '$1').toLowerCase();

  /** The services with a step on every path from a state to the end. */
  function servicesOnEveryPath({ States }: Machine, name: string | undefined): string[] {
    const state = name === undefined ? undefined : States[name];
    if (!state) return [];
    const from = (next: string | undefined) => servicesOnEveryPath({ StartAt: '', States }, next);
    const here = [
      ...(state.Resource ? [serviceOf(state)] : []),
      ...(state.Branches ?? []).flatMap((branch) => servicesOnEveryPath(branch, branch.StartAt)),
    ];
    if (state.Type !== 'Choice') return [...here, ...from(state.Next)];
    const paths = [...(state.Choices ?? []).map(({ Next }) => Next), state.Default].map(from);
    return (paths[0] ?? []).filter((service) => paths.every((path) => path.includes(service)));
  }

  it.each(Object.entries(SERVICES))('lists the steps of %s in the workflow', (service, { steps }) => {
    const inWorkflow = everyState(machine)
      .filter((state) => serviceOf(state) === service)
      .flatMap(({ Parameters }) => Parameters?.step ?? []);

    expect([...new Set(inWorkflow)].sort()).toEqual([...steps]);
  });

  it.each(Object.entries(SERVICES))('lists the outcomes that always run a step of %s', (service, { outcomes }) => {
    const first = machine.States[machine.StartAt];
    const running = (first?.Choices ?? [])
      .filter(({ Next }) => servicesOnEveryPath(machine, Next).includes(service))
      .map(({ StringEquals }) => StringEquals);

    expect(running.sort()).toEqual([...outcomes].sort());
  });
});

describe('GET /api/v1/admin/metrics', () => {
  it('returns the last 24 hours by default', async () => {
    const admin = adminInMemory();
    await admin.hours.repository.add(at(12), { 'settled.captured': 2 }, { capture_to_order: 40 });

    const { body } = await admin.call(METRICS);

    expect(body.hours).toHaveLength(24);
    expect(body.hours.at(-1)).toMatchObject({ hour: '2026-06-01T12:00:00.000Z', settled: 2 });
    expect(body.latencies.capture_to_order).toEqual({ count: 1, average_ms: 40, max_ms: 40 });
  });

  it.each([
    ['a period of more than 31 days', { from: '2026-04-01T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'from'],
    ['a period that ends before it starts', { from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'to'],
    ['an invalid time', { from: 'monday' }, 'from'],
    ['an unknown field', { hours: '3' }, 'hours'],
  ])('rejects %s and names the field', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(METRICS, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});
