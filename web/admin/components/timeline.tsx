import type { Moment } from '../../api/schema.ts';
import { TextWithIds } from './id.tsx';
import { Time } from './time.tsx';

/** All that happened, oldest first. */
export const Timeline = ({ moments }: { moments: readonly Moment[] }) => (
  <ol className="timeline">
    {moments.map(({ at, kind, what, by }) => (
      <li key={`${at} ${kind} ${what} ${by}`} data-kind={kind}>
        <span className="what">
          <span className="kind">{kind}</span> <TextWithIds>{what}</TextWithIds>
        </span>
        <span className="by">
          <Time at={at} />
          {by && (
            <>
              {' · '}
              <TextWithIds>{by}</TextWithIds>
            </>
          )}
        </span>
      </li>
    ))}
  </ol>
);
