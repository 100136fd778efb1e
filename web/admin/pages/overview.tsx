import { SegmentedControl, Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import type { HealthLine, ServiceFigures, ShopMetrics, StepFigures } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { formatDuration, formatShare } from '../format.ts';
import { HealthLines, worstFirst } from './health.tsx';

// They are as heavy as all the rest.
const Charts = lazy(() => import('../components/settlement-charts.tsx'));

const SPANS = [
  { value: '24', label: '24 hours' },
  { value: '168', label: '7 days' },
  { value: '744', label: '31 days' },
];

/** Whether the shop is well, and what waits for somebody. */
export function OverviewPage() {
  const [hours, setHours] = useState('24');
  const health = useQuery(api.health);
  const metrics = useQuery(api.metrics(Number(hours)));
  return (
    <Page title="Overview" about="Whether the shop is well, and what waits for somebody.">
      <Waiting />
      <div className="columns">
        <Section title="Health" aside={<PageLink to="/health">All that was looked at</PageLink>}>
          <QueryResult query={health}>
            {({ status, checks, at }) => {
              const ill = worstFirst(checks).filter((line) => line.status !== 'ok' && !isJob(line));
              return (
                <>
                  <p>
                    <StatusBadge status={status} /> {checks.filter((line) => line.status === 'ok').length} of{' '}
                    {checks.length} are well, at <Time at={at} />.
                  </p>
                  {ill.length > 0 && <HealthLines caption="What is not well" lines={ill} />}
                </>
              );
            }}
          </QueryResult>
        </Section>
        <Section title="By the clock">
          <QueryResult query={health}>{({ checks }) => <Jobs lines={checks.filter(isJob)} />}</QueryResult>
        </Section>
        <Section title="Payments by status">
          <QueryResult query={metrics}>{({ payments }) => <ByStatus payments={payments} />}</QueryResult>
        </Section>
        <Section title="Steps and times">
          <QueryResult query={metrics}>{(figures) => <StepsAndTimes metrics={figures} />}</QueryResult>
        </Section>
      </div>
      <Section
        title="Over time"
        aside={<SegmentedControl size="xs" aria-label="Over how long" data={SPANS} value={hours} onChange={setHours} />}
      >
        <QueryResult query={metrics}>
          {(figures) => (
            <Suspense fallback={<Skeleton height={260} />}>
              <Charts hours={figures.hours} />
            </Suspense>
          )}
        </QueryResult>
      </Section>
    </Page>
  );
}

/** What the shop does by the clock has lines of its own in its health. */
const isJob = ({ name }: HealthLine): boolean => name.startsWith('job ');

const Jobs = ({ lines }: { lines: readonly HealthLine[] }) => (
  <DataTable
    caption="What the shop does by the clock"
    narrow
    rows={lines}
    keyOf={({ name }) => name}
    columns={[
      ['Job', ({ name }) => name.slice('job '.length)],
      ['Status', ({ status }) => <StatusBadge status={status} />],
      ['In words', ({ detail }) => detail],
    ]}
  />
);

/** What waits for an operator: each number leads to where it is done. */
function Waiting() {
  const failed = useInfiniteQuery(api.failedSettlements);
  const books = useInfiniteQuery(api.consistency());
  const parked = useInfiniteQuery(api.events({ status: 'parked' }));
  return (
    <ul className="tiles">
      <Tile to="/settlements" words="Failed settlements" query={failed} rowsOf={(page) => page.settlements}>
        No dead letters
      </Tile>
      <Tile to="/consistency" words="Open findings" query={books} rowsOf={(page) => page.findings}>
        {books.data?.pages[0]?.last_run?.finished_at ? (
          <>
            Checked <Time at={books.data.pages[0].last_run.finished_at} />
          </>
        ) : (
          'Not checked yet'
        )}
      </Tile>
      <Tile to="/events?status=parked" words="Parked events" query={parked} rowsOf={(page) => page.events}>
        Every event was handled
      </Tile>
    </ul>
  );
}

interface TileProps<Page> {
  to: string;
  words: string;
  query: { data: { pages: readonly Page[] } | undefined; isError: boolean; hasNextPage: boolean };
  rowsOf: (page: Page) => readonly unknown[];
  /** Under the number, when it is zero. */
  children: ReactNode;
}

function Tile<Page>({ to, words, query, rowsOf, children }: TileProps<Page>) {
  const count = query.data?.pages.flatMap(rowsOf).length;
  return (
    <li className="tile" data-tone={count ? 'bad' : undefined}>
      <PageLink to={to}>{words}</PageLink>
      <strong>{count === undefined ? (query.isError ? '?' : '…') : `${count}${query.hasNextPage ? '+' : ''}`}</strong>
      <span className="small">{count === 0 ? children : count ? 'To be looked at' : null}</span>
    </li>
  );
}

function ByStatus({ payments }: { payments: ShopMetrics['payments'] }) {
  if (!payments) return <p>They are counted whenever the books are checked; that has not been done yet.</p>;
  const counts = Object.entries(payments.by_status).filter(([, count]) => count > 0);
  const all = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <>
      {counts.length === 0 ? (
        <p>There are no payments yet.</p>
      ) : (
        <DataTable
          caption="Payments by status"
          narrow
          rows={counts}
          keyOf={([status]) => status}
          columns={[
            ['Status', ([status]) => <StatusBadge status={status} />],
            ['Payments', ([, count]) => <span className="figures">{count}</span>],
            ['Share', ([, count]) => <span className="figures">{formatShare(count, all)}</span>],
          ]}
        />
      )}
      <p className="small">
        Counted <Time at={payments.counted_at} />.
      </p>
    </>
  );
}

const STEPS: readonly (readonly [name: string, of: (figures: ServiceFigures) => StepFigures])[] = [
  ['Stock (inventory)', ({ inventory }) => inventory],
  ['Session (checkout)', ({ checkout }) => checkout],
  ['Order (fulfillment)', ({ fulfillment }) => fulfillment],
];

function StepsAndTimes({ metrics: { services, latencies } }: { metrics: ShopMetrics }) {
  const times = [
    { name: 'Webhook to status', ...latencies.webhook_to_status },
    { name: 'Capture to order', ...latencies.capture_to_order },
  ];
  const span = (ms: number | null) => (ms === null ? '–' : formatDuration(ms));
  return (
    <>
      <DataTable
        caption="Success of each step"
        narrow
        rows={STEPS.map(([name, of]) => ({ name, ...of(services) }))}
        keyOf={({ name }) => name}
        columns={[
          ['Step', ({ name }) => name],
          ['Done', ({ succeeded }) => <span className="figures">{succeeded}</span>],
          ['Failed', ({ failed }) => <span className="figures">{failed}</span>],
          [
            'Success',
            ({ succeeded, failed }) => <span className="figures">{formatShare(succeeded, succeeded + failed)}</span>,
          ],
        ]}
      />
      <DataTable
        caption="How long things take"
        narrow
        rows={times}
        keyOf={({ name }) => name}
        columns={[
          ['From', ({ name }) => name],
          ['Times', ({ count }) => <span className="figures">{count}</span>],
          ['Average', ({ average_ms }) => <span className="figures">{span(average_ms)}</span>],
          ['Longest', ({ max_ms }) => <span className="figures">{span(max_ms)}</span>],
        ]}
      />
    </>
  );
}
