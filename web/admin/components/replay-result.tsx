import type { Change, Replayed } from '../../api/schema.ts';
import { Id } from './id.tsx';
import { StatusBadge } from './status-badge.tsx';

/** What an event that is handled again changes, or would change. */
export function ReplayResult({ of }: { of: Replayed }) {
  const { dry_run, status, reason, payment_id, changed, changes, asked_paypal } = of;
  if (status === 'parked')
    return `${dry_run ? 'It would stay' : 'It stays'} parked: ${reason?.replaceAll('_', ' ') ?? 'it fits nothing'}.`;
  if (status === 'ignored') return 'Nothing to change: the shop has no interest in such events.';
  if (!changed) return `Nothing ${dry_run ? 'would change' : 'has changed'}: what it says was settled before.`;
  if (!changes)
    return (
      <>
        It was handled
        {payment_id && (
          <>
            , and changed something: see <Id value={payment_id} />
          </>
        )}
        .
      </>
    );
  return (
    <ul className="results">
      {changes.map((change) => (
        <li key={`${change.payment_id} ${change.because} ${change.to}`}>
          <ChangeInWords of={change} />
        </li>
      ))}
      {asked_paypal && <li>PayPal was asked for this just now.</li>}
    </ul>
  );
}

const ChangeInWords = ({ of: { payment_id, from, to, because, settlement } }: { of: Change }) => (
  <>
    <Id value={payment_id} />{' '}
    {from === to ? (
      <>
        would stay {<StatusBadge status={from} />}, with the {because} noted
      </>
    ) : (
      <>
        would go from <StatusBadge status={from} /> to <StatusBadge status={to} />
      </>
    )}
    {settlement && (
      <>
        ; then <span className="id">{settlement}</span> would be started
      </>
    )}
    .
  </>
);
