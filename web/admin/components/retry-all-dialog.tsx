import { useState } from 'react';
import * as api from '../api.ts';
import { formatCount } from '../format.ts';
import { Id } from './id.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { ResultList } from './result-list.tsx';

/** Retries every failed settlement. */
export function RetryAllDialog() {
  const [retried, setRetried] = useState<number>();
  return (
    <ReasonDialog
      action="Retry all"
      title="All failed settlements"
      preview={{
        load: api.countFailedSettlements,
        render: ({ matching, more }) => (
          <strong>
            {more ? `At least ${formatCount(matching, 'settlement')}` : formatCount(matching, 'settlement')} would be
            retried.
          </strong>
        ),
        isActionable: ({ matching }) => matching > 0,
      }}
      onConfirm={(reason) => api.retryAllSettlements(reason, setRetried).finally(() => setRetried(undefined))}
      renderResult={(result) => <RetryAllResult result={result} />}
    >
      Resumes every settlement where it stopped. Completed steps take effect only once, so a retry is safe. Settlements
      whose cause persists fail again and return to this list.
      {retried !== undefined && <p role="status">{retried} retried so far…</p>}
    </ReasonDialog>
  );
}

const RetryAllResult = ({ result: { retried, failed } }: { result: api.RetryAllResult }) => (
  <>
    <p>
      <strong>{formatCount(retried, 'settlement')} retried.</strong> Each leaves the list once it succeeds.
    </p>
    {failed.length > 0 && (
      <>
        <p>These settlements couldn’t be retried, and stay on the list:</p>
        <ResultList>
          {failed.map(({ payment_id, settlement, error }) => (
            <li key={`${payment_id} ${settlement}`}>
              <Id value={payment_id} /> “{settlement}”: {error}
            </li>
          ))}
        </ResultList>
      </>
    )}
  </>
);
