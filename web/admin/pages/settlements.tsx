import { Alert } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FailedSettlement } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { Id } from '../components/id.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { RetryAllDialog } from '../components/retry-all-dialog.tsx';
import { RetryDialog } from '../components/retry-dialog.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { formatFailure } from '../format-failure.ts';
import classes from './settlements.module.css';

const keyOf = ({ payment_id, settlement }: FailedSettlement): string => `${payment_id} ${settlement}`;

/** Settlements that failed after all retries: the content of the dead-letter queue. */
export function SettlementsPage() {
  const query = useInfiniteQuery(api.failedSettlements);
  const [retried, setRetried] = useState<readonly FailedSettlement[]>([]);
  const failed = query.data?.pages.flatMap((page) => page.settlements) ?? [];
  const succeeded = retried.filter((settlement) => !failed.some((other) => keyOf(other) === keyOf(settlement)));
  // A settlement that has failed again since its retry has a later `last_failed_at`.
  const isRunning = (row: FailedSettlement) =>
    retried.some((other) => keyOf(other) === keyOf(row) && other.last_failed_at === row.last_failed_at);
  return (
    <Page
      title="Failed settlements"
      description="Payments whose stock, session or order couldn’t be updated after all automatic retries."
      actions={failed.length > 0 && <RetryAllDialog />}
    >
      <div role="status" className={classes.notices}>
        {succeeded.map((settlement) => (
          <Alert key={keyOf(settlement)} color="green" title="Settlement succeeded">
            “{settlement.settlement}” of <Id value={settlement.payment_id} /> is complete.
          </Alert>
        ))}
      </div>
      <PaginatedList
        query={query}
        rowsOf={(page) => page.settlements}
        empty={{
          title: 'No failed settlements',
          next: 'Settlements that fail after all retries appear here. Retry them once the cause is fixed.',
        }}
      >
        {(rows) => (
          <DataTable
            caption="Failed settlements"
            rows={rows}
            keyOf={keyOf}
            columns={[
              [
                'Payment',
                ({ payment_id, settlement }) => (
                  <>
                    <Id value={payment_id} />
                    <Note>settlement “{settlement}”</Note>
                  </>
                ),
              ],
              ['Status', (row) => <StatusBadge status={isRunning(row) ? 'RUNNING' : row.status} />],
              ['Failed steps', (row) => formatFailure(row).steps],
              ['Cause', (row) => formatFailure(row).cause],
              [
                'Failed at',
                ({ failed_at, last_failed_at }) => (
                  <>
                    <Time at={failed_at} />
                    {last_failed_at !== failed_at && (
                      <Note>
                        last <Time at={last_failed_at} />
                      </Note>
                    )}
                  </>
                ),
              ],
              [
                'Action',
                (row) => (
                  <RetryDialog
                    paymentId={row.payment_id}
                    settlement={row.settlement}
                    onRetry={() =>
                      setRetried((before) => [...before.filter((other) => keyOf(other) !== keyOf(row)), row])
                    }
                  />
                ),
              ],
            ]}
          />
        )}
      </PaginatedList>
    </Page>
  );
}
