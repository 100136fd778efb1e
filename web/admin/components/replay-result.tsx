import type { Change, Replayed } from '../../api/schema.ts';
import { formatCode } from '../format.ts';
import { Id, InlineId } from './id.tsx';
import { ResultList } from './result-list.tsx';
import { StatusBadge } from './status-badge.tsx';

/** The effect of a replay, or of its dry run. */
export function ReplayResult({ result }: { result: Replayed }) {
  const { dry_run, status, reason, payment_id, changed, changes, asked_paypal } = result;
  if (status === 'parked') {
    const cause = reason ? formatCode(reason) : 'it cannot be applied';
    return `The event ${dry_run ? 'would stay' : 'stays'} parked: ${cause}.`;
  }
  if (status === 'ignored') return 'No changes: the shop doesn’t process events of this type.';
  if (!changed) return `No changes: this event ${dry_run ? 'is' : 'was'} already applied.`;
  if (!changes)
    return (
      <>
        Event processed.
        {payment_id && (
          <>
            {' '}
            See <Id value={payment_id} /> for the changes.
          </>
        )}
      </>
    );
  return (
    <ResultList>
      {changes.map((change) => (
        <li key={`${change.payment_id} ${change.because} ${change.to}`}>
          <ChangePreview change={change} />
        </li>
      ))}
      {asked_paypal && <li>Based on PayPal’s current data.</li>}
    </ResultList>
  );
}

const ChangePreview = ({ change: { payment_id, from, to, because, settlement } }: { change: Change }) => (
  <>
    <Id value={payment_id} />{' '}
    {from === to ? (
      <>
        would stay <StatusBadge status={from} /> and record the {because}
      </>
    ) : (
      <>
        would change from <StatusBadge status={from} /> to <StatusBadge status={to} />
      </>
    )}
    {settlement && (
      <>
        ; settlement <InlineId>{settlement}</InlineId> would start
      </>
    )}
    .
  </>
);
