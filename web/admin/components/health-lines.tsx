import { Group } from '@mantine/core';
import type { HealthLine } from '../../api/schema.ts';
import { formatDuration } from '../format.ts';
import { DataTable } from './data-table.tsx';
import { TextWithIds } from './id.tsx';
import { ReleaseHeldDialog } from './release-held-dialog.tsx';
import { StatusBadge } from './status-badge.tsx';

const BY_SEVERITY = ['failing', 'attention', 'ok'];

/** Sorts checks by severity; equal ones stay in the API's order. */
export const worstFirst = (lines: readonly HealthLine[]): HealthLine[] =>
  lines.toSorted((a, b) => BY_SEVERITY.indexOf(a.status) - BY_SEVERITY.indexOf(b.status));

export const HealthLines = ({ caption, lines }: { caption: string; lines: readonly HealthLine[] }) => (
  <DataTable
    caption={caption}
    rows={lines}
    keyOf={({ name }) => name}
    columns={[
      ['Check', ({ name }) => name],
      ['Status', ({ status }) => <StatusBadge status={status} />],
      ['Details', Details],
      ['Duration', ({ took_ms }) => formatDuration(took_ms)],
    ]}
  />
);

const Details = ({ detail, held = [] }: HealthLine) => (
  <>
    <TextWithIds>{detail}</TextWithIds>
    {held.map(({ sku }) => (
      <Group key={sku} gap="xs">
        {sku} <ReleaseHeldDialog sku={sku} />
      </Group>
    ))}
  </>
);
