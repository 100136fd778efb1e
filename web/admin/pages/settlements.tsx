import { Alert } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FailedSettlement, Retried } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { Id } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { formatFailure } from '../format-failure.ts';

const OUTCOMES: Readonly<Record<Retried['settlements'][number]['outcome'], string>> = {
  redriven: 'It goes on where it stopped.',
  restarted: 'It runs once more from the start; what was done already is not done again.',
  started: 'It had never been started; it runs now.',
  running: 'It is under way already.',
  succeeded: 'It had been done, only the news of it was lost.',
};

/** What retrying led to. */
const retriedInWords = ({ settlements }: Retried): string =>
  settlements.map(({ outcome }) => OUTCOMES[outcome]).join(' ') || 'Nothing waits to be done any more.';

interface RetryDialogProps {
  paymentId: string;
  settlement: string;
  onRetry?: () => void;
}

/** The dialog that tries a failed settlement once more. */
export const RetryDialog = ({ paymentId, settlement, onRetry }: RetryDialogProps) => (
  <ReasonDialog
    action="Retry"
    title={`Settle “${settlement}” of ${paymentId}`}
    size="xs"
    act={async (reason) => {
      const retried = await api.retrySettlement(paymentId, settlement, reason);
      onRetry?.();
      return retried;
    }}
    tell={retriedInWords}
  >
    The settlement goes on where it stopped. What was done already is not done again, so trying once more does no harm;
    if the cause is still there, it fails again and comes back to this list.
  </ReasonDialog>
);

const keyOf = ({ payment_id, settlement }: FailedSettlement): string => `${payment_id} ${settlement}`;

/** The settlements that failed for good: the dead letter queue's content. */
export function SettlementsPage() {
  const failed = useInfiniteQuery(api.failedSettlements);
  const [retried, setRetried] = useState<readonly FailedSettlement[]>([]);
  const waiting = failed.data?.pages.flatMap((page) => page.settlements) ?? [];
  const done = retried.filter((one) => !waiting.some((other) => keyOf(one) === keyOf(other)));
  // What has failed once more since then, waits for somebody again.
  const isUnderWay = (one: FailedSettlement) =>
    retried.some((other) => keyOf(one) === keyOf(other) && one.last_failed_at === other.last_failed_at);
  return (
    <Page
      title="Failed settlements"
      about="Payments whose stock, session or order could not be brought in line, after all automatic retries."
    >
      <div role="status" className="notices">
        {done.map((settlement) => (
          <Alert key={keyOf(settlement)} color="green" title="Settled">
            “{settlement.settlement}” of <Id value={settlement.payment_id} /> is done.
          </Alert>
        ))}
      </div>
      <PaginatedList
        query={failed}
        rowsOf={(page) => page.settlements}
        empty={{
          title: 'No settlement has failed',
          next: 'What fails for good will be listed here, to be retried once its cause is mended.',
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
                    <div className="small">settlement “{settlement}”</div>
                  </>
                ),
              ],
              ['Status', (row) => <StatusBadge status={isUnderWay(row) ? 'RUNNING' : row.status} />],
              ['Failed at', (row) => formatFailure(row).where],
              ['Cause', (row) => formatFailure(row).why],
              [
                'Since',
                ({ failed_at, last_failed_at }) => (
                  <>
                    <Time at={failed_at} />
                    {last_failed_at !== failed_at && (
                      <div className="small">
                        last <Time at={last_failed_at} />
                      </div>
                    )}
                  </>
                ),
              ],
              [
                'To do',
                (row) => (
                  <RetryDialog
                    paymentId={row.payment_id}
                    settlement={row.settlement}
                    onRetry={() => setRetried((known) => [...known.filter((one) => keyOf(one) !== keyOf(row)), row])}
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
