import { useState } from 'react';
import * as api from '../api.ts';
import { formatCount, localTime } from '../format.ts';
import { Id } from './id.tsx';
import { Note } from './note.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { ResultList } from './result-list.tsx';

/** Replays all events that match a filter; without one, all stored events would match. */
export function ReplayManyDialog({ filter }: { filter: api.EventFilter }) {
  const [replayed, setReplayed] = useState<number>();
  if (Object.keys(filter).length === 0) return <Note inline>Filter the list to replay several events.</Note>;
  return (
    <ReasonDialog
      action="Replay all"
      title="Replay matching events"
      preview={{
        load: () => api.countReplays(filter),
        render: ({ matching, more }) => (
          <strong>
            {more ? `At least ${formatCount(matching, 'event')}` : formatCount(matching, 'event')} would be replayed.
          </strong>
        ),
        isActionable: ({ matching }) => matching > 0,
      }}
      onConfirm={(reason) => api.replayMany(filter, reason, setReplayed).finally(() => setReplayed(undefined))}
      renderResult={(result) => <ReplayManyResult result={result} />}
    >
      Processes every event with {formatFilter(filter)} again. Changes that were already applied are not applied twice.
      {replayed !== undefined && <p role="status">{replayed} replayed so far…</p>}
    </ReasonDialog>
  );
}

const formatFilter = (filter: api.EventFilter): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name.replace('_id', '')} ${name === 'from' || name === 'to' ? localTime(value) : value}`)
    .join(', ');

const ReplayManyResult = ({
  result: { replayed, changed, erased, failed, complete },
}: {
  result: api.ReplayManyResult;
}) => (
  <>
    <p>
      <strong>{formatCount(replayed, 'event')} replayed</strong>, {changed} with changes.
    </p>
    {erased.length > 0 && <p>{formatCount(erased.length, 'event')} skipped: the payload was erased.</p>}
    {failed.length > 0 && (
      <>
        <p>
          {complete
            ? 'These events failed:'
            : 'These events failed, and the remaining ones were not replayed. Fix the cause, then replay again:'}
        </p>
        <ResultList>
          {failed.map(({ event_id, error }) => (
            <li key={event_id}>
              <Id value={event_id} /> {error}
            </li>
          ))}
        </ResultList>
      </>
    )}
  </>
);
