import { SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { HealthLine, ServiceFigures, ShopMetrics, StepFigures } from '../../api/schema.ts';
import * as api from '../api.ts';
import { Columns } from '../components/columns.tsx';
import { DataTable } from '../components/data-table.tsx';
import { HealthLines, worstFirst } from '../components/health-lines.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { formatDuration, formatShare } from '../format.ts';
import classes from './overview.module.css';

// The chart library is as large as everything else together.
const SettlementCharts = lazy(() => import('../components/settlement-charts.tsx'));

const TIME_RANGES = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '744', label: '31 days' },
];

export function OverviewPage() {
  const [hours, setHours] = useState('24');
  const health = useQuery(api.health);
  const metrics = useQuery(api.metrics(Number(hours)));
  return (
    <Page title="Overview" description="What needs attention, and how the shop is doing.">
      <OpenWork />
      <Columns>
        <Section title="Health" aside={<PageLink to="/health">All checks</PageLink>}>
          <QueryResult query={health}>
            {({ status, checks, at }) => {
              const problems = worstFirst(checks).filter((line) => line.status !== 'ok' && !isJob(line));
              return (
                <>
                  <p>
                    <StatusBadge status={status} /> {checks.filter((line) => line.status === 'ok').length} of{' '}
                    {checks.length} checks pass, as of <Time at={at} />.
                  </p>
                  {problems.length > 0 && <HealthLines caption="Checks that need attention" lines={problems} />}
                </>
              );
            }}
          </QueryResult>
        </Section>
        <Section title="Scheduled jobs">
          <QueryResult query={health}>{({ checks }) => <Jobs lines={checks.filter(isJob)} />}</QueryResult>
        </Section>
        <Section title="Payments by status">
          <QueryResult query={metrics}>{({ payments }) => <PaymentsByStatus payments={payments} />}</QueryResult>
        </Section>
        <Section title="Steps and latency">
          <QueryResult query={metrics}>{(data) => <StepsAndLatency metrics={data} />}</QueryResult>
        </Section>
      </Columns>
      <Section
        title="Trends"
        aside={
          <SegmentedControl size="xs" aria-label="Time range" data={TIME_RANGES} value={hours} onChange={setHours} />
        }
      >
        <QueryResult query={metrics}>
          {(data) => (
            <Suspense fallback={<Skeleton height={260} />}>
              <SettlementCharts hours={data.hours} />
            </Suspense>
          )}
        </QueryResult>
      </Section>
    </Page>
  );
}

/** Each scheduled job has a health check of its own. */
const isJob = ({ name }: HealthLine): boolean => name.startsWith('job ');

const Jobs = ({ lines }: { lines: readonly HealthLine[] }) => (
  <DataTable
    caption="Scheduled jobs"
    narrow
    rows={lines}
    keyOf={({ name }) => name}
    columns={[
      ['Job', ({ name }) => name.slice('job '.length)],
      ['Status', ({ status }) => <StatusBadge status={status} />],
      ['Details', ({ detail }) => detail],
    ]}
  />
);

/** Counts of what an operator has to resolve, with links. */
function OpenWork() {
  const failed = useInfiniteQuery(api.failedSettlements);
  const findings = useInfiniteQuery(api.consistency());
  const parked = useInfiniteQuery(api.events({ status: 'parked' }));
  const checkedAt = findings.data?.pages[0]?.last_run?.finished_at;
  return (
    <ul className={classes.tiles}>
      <Tile to="/settlements" label="Failed settlements" query={failed} rowsOf={(page) => page.settlements}>
        Nothing to retry
      </Tile>
      <Tile to="/consistency" label="Open findings" query={findings} rowsOf={(page) => page.findings}>
        {checkedAt ? (
          <>
            Checked <Time at={checkedAt} />
          </>
        ) : (
          'Not checked yet'
        )}
      </Tile>
      <Tile to="/events?status=parked" label="Parked events" query={parked} rowsOf={(page) => page.events}>
        Nothing to review
      </Tile>
    </ul>
  );
}

interface TileProps<Page> {
  to: string;
  label: string;
  query: { data: { pages: readonly Page[] } | undefined; isError: boolean; hasNextPage: boolean };
  rowsOf: (page: Page) => readonly unknown[];
  /** Shown when the count is zero. */
  children: ReactNode;
}

function Tile<Page>({ to, label, query, rowsOf, children }: TileProps<Page>) {
  const count = query.data?.pages.flatMap(rowsOf).length;
  return (
    <li className={classes.tile} data-tone={count ? 'bad' : undefined}>
      <PageLink to={to}>{label}</PageLink>
      <strong>{count === undefined ? (query.isError ? '?' : '…') : `${count}${query.hasNextPage ? '+' : ''}`}</strong>
      <Note>{count === 0 ? children : count ? 'Needs attention' : null}</Note>
    </li>
  );
}

function PaymentsByStatus({ payments }: { payments: ShopMetrics['payments'] }) {
  if (!payments) return <p>Payments are counted by the consistency check, which hasn’t run yet.</p>;
  const counts = Object.entries(payments.by_status).filter(([, count]) => count > 0);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <>
      {counts.length === 0 ? (
        <p>No payments yet.</p>
      ) : (
        <DataTable
          caption="Payments by status"
          narrow
          rows={counts}
          keyOf={([status]) => status}
          columns={[
            ['Status', ([status]) => <StatusBadge status={status} />],
            ['Payments', ([, count]) => count],
            ['Share', ([, count]) => formatShare(count, total)],
          ]}
        />
      )}
      <Note>
        Counted <Time at={payments.counted_at} />.
      </Note>
    </>
  );
}

const STEPS: readonly (readonly [name: string, of: (figures: ServiceFigures) => StepFigures])[] = [
  ['Stock (inventory)', ({ inventory }) => inventory],
  ['Session (checkout)', ({ checkout }) => checkout],
  ['Order (fulfillment)', ({ fulfillment }) => fulfillment],
];

function StepsAndLatency({ metrics: { services, latencies } }: { metrics: ShopMetrics }) {
  const rows = [
    { name: 'Webhook to status', ...latencies.webhook_to_status },
    { name: 'Capture to order', ...latencies.capture_to_order },
  ];
  const duration = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  return (
    <>
      <DataTable
        caption="Success rate by step"
        narrow
        rows={STEPS.map(([name, of]) => ({ name, ...of(services) }))}
        keyOf={({ name }) => name}
        columns={[
          ['Step', ({ name }) => name],
          ['Succeeded', ({ succeeded }) => succeeded],
          ['Failed', ({ failed }) => failed],
          ['Success', ({ succeeded, failed }) => formatShare(succeeded, succeeded + failed)],
        ]}
      />
      <DataTable
        caption="Latency"
        narrow
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          ['Latency', ({ name }) => name],
          ['Count', ({ count }) => count],
          ['Average', ({ average_ms }) => duration(average_ms)],
          ['Maximum', ({ max_ms }) => duration(max_ms)],
        ]}
      />
    </>
  );
}
