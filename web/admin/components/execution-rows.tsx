import type { Execution } from '../../api/schema.ts';
import { formatTimes } from '../format.ts';
import { DataTable } from './data-table.tsx';
import { Id } from './id.tsx';
import { Note } from './note.tsx';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

/** Executions of the payment-settlement workflow. */
export const ExecutionRows = ({ executions }: { executions: readonly Execution[] }) => (
  <DataTable
    caption="Settlements"
    rows={executions}
    keyOf={({ name }) => name}
    columns={[
      [
        'Settlement',
        ({ settlement, name }) => (
          <>
            {settlement}
            <Note>
              <Id value={name} plain />
            </Note>
          </>
        ),
      ],
      [
        'Status',
        ({ status, redrives }) => (
          <>
            <StatusBadge status={status} />
            {redrives > 0 && <Note>redriven {formatTimes(redrives)}</Note>}
          </>
        ),
      ],
      ['Started', ({ started_at }) => <Time at={started_at} />],
      ['Ended', ({ stopped_at }) => <Time at={stopped_at} />],
    ]}
  />
);
