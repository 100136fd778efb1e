import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { HealthLine } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { TextWithIds } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { formatDuration } from '../format.ts';

/** All that the shop needs, and whether it works. */
export function HealthPage() {
  const health = useQuery(api.health);
  return (
    <Page title="Health" about="What the shop needs to work, looked at now.">
      <QueryResult query={health}>
        {({ status, version, at, checks }) => (
          <>
            <Group gap="sm">
              <StatusBadge status={status} />
              <Text size="sm" c="dimmed">
                Version {version}, looked at <Time at={at} />
              </Text>
            </Group>
            <HealthLines caption="Everything that was looked at" lines={worstFirst(checks)} />
          </>
        )}
      </QueryResult>
    </Page>
  );
}

const BY_GRAVITY = ['failing', 'attention', 'ok'];

/** What needs somebody comes first; the rest stays in the API's order. */
export const worstFirst = (lines: readonly HealthLine[]): HealthLine[] =>
  lines.toSorted((a, b) => BY_GRAVITY.indexOf(a.status) - BY_GRAVITY.indexOf(b.status));

/** Health, line by line. */
export const HealthLines = ({ caption, lines }: { caption: string; lines: readonly HealthLine[] }) => (
  <DataTable
    caption={caption}
    rows={lines}
    keyOf={({ name }) => name}
    columns={[
      ['What', ({ name }) => name],
      ['Status', ({ status }) => <StatusBadge status={status} />],
      ['In words', ({ detail }) => <TextWithIds>{detail}</TextWithIds>],
      ['Took', ({ took_ms }) => <span className="figures">{formatDuration(took_ms)}</span>],
    ]}
  />
);
