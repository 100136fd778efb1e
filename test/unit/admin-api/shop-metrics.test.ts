import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SERVICES, shopMetrics } from '../../../src/admin-api/shop-metrics.ts';
import { adminInMemory } from '../../support/in-memory/admin-api.ts';

const METRICS = 'GET /api/v1/admin/metrics';
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 5, 1, hour, minute));

describe('the figures of a shop', () => {
  const figures = shopMetrics(
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

  it('are those of every hour, the quiet ones too', () => {
    expect(figures.hours.map(({ hour, settled, failed }) => [hour, settled, failed])).toEqual([
      ['2026-06-01T10:00:00.000Z', 4, 1],
      ['2026-06-01T11:00:00.000Z', 0, 0],
      ['2026-06-01T12:00:00.000Z', 1, 0],
    ]);
    expect([figures.from, figures.to]).toEqual(['2026-06-01T10:00:00.000Z', '2026-06-01T13:00:00.000Z']);
  });

  it('tell how often each service did its part', () => {
    expect(figures.services).toEqual({
      checkout: { succeeded: 5, failed: 0, success_rate: 1 },
      inventory: { succeeded: 5, failed: 0, success_rate: 1 },
      fulfillment: { succeeded: 4, failed: 1, success_rate: 0.8 },
    });
    expect(figures.hours[1]?.services.checkout.success_rate).toBeNull();
  });

  it('tell the average and the longest of the times', () => {
    expect(figures.latencies.capture_to_order).toEqual({ count: 4, average_ms: 300, max_ms: 500 });
    expect(figures.latencies.webhook_to_status).toEqual({ count: 0, average_ms: null, max_ms: null });
  });

  it('tell how many payments there were when the books were checked', () => {
    expect(figures.payments).toEqual({
      counted_at: '2026-06-01T12:00:00.000Z',
      by_status: { captured: 4, cancelled: 1 },
    });
  });

  it('are there before the books were ever checked', () => {
    expect(shopMetrics([], at(10), at(10), undefined).payments).toBeNull();
  });
});

describe('the services and their steps', () => {
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

  /** The services that have a step on every way from a state to the end. */
  function surely({ States }: Machine, name: string | undefined): string[] {
    const state = name === undefined ? undefined : States[name];
    if (!state) return [];
    const from = (next: string | undefined) => surely({ StartAt: '', States }, next);
    const here = [
      ...(state.Resource ? [serviceOf(state)] : []),
      ...(state.Branches ?? []).flatMap((branch) => surely(branch, branch.StartAt)),
    ];
    if (state.Type !== 'Choice') return [...here, ...from(state.Next)];
    const ways = [...(state.Choices ?? []).map(({ Next }) => Next), state.Default].map(from);
    return (ways[0] ?? []).filter((service) => ways.every((way) => way.includes(service)));
  }

  it.each(Object.entries(SERVICES))('of %s are those of the workflow', (service, { steps }) => {
    const theirs = everyState(machine)
      .filter((state) => serviceOf(state) === service)
      .flatMap(({ Parameters }) => Parameters?.step ?? []);

    expect([...new Set(theirs)].sort()).toEqual([...steps]);
  });

  it.each(Object.entries(SERVICES))(
    'of %s are counted as done by the outcomes that run one in any case',
    (service, { outcomes }) => {
      const first = machine.States[machine.StartAt];
      const running = (first?.Choices ?? [])
        .filter(({ Next }) => surely(machine, Next).includes(service))
        .map(({ StringEquals }) => StringEquals);

      expect(running.sort()).toEqual([...outcomes].sort());
    },
  );
});

describe('the figures by HTTP', () => {
  it('are those of the last 24 hours when nothing is said', async () => {
    const admin = adminInMemory();
    await admin.hours.repository.add(at(12), { 'settled.captured': 2 }, { capture_to_order: 40 });

    const { body } = await admin.call(METRICS);

    expect(body.hours).toHaveLength(24);
    expect(body.hours.at(-1)).toMatchObject({ hour: '2026-06-01T12:00:00.000Z', settled: 2 });
    expect(body.latencies.capture_to_order).toEqual({ count: 1, average_ms: 40, max_ms: 40 });
  });

  it.each([
    ['more than a month', { from: '2026-04-01T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'from'],
    ['a time that ends before it begins', { from: '2026-06-02T00:00:00Z', to: '2026-06-01T00:00:00Z' }, 'to'],
    ['a time that is none', { from: 'monday' }, 'from'],
    ['something that it does not know', { hours: '3' }, 'hours'],
  ])('are not to be had for %s', async (_, query, field) => {
    const { status, body } = await adminInMemory().call(METRICS, { query: query as Record<string, string> });

    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ field }]);
  });
});
