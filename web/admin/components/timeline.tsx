import type { Moment } from '../../api/schema.ts';
import { TextWithIds } from './id.tsx';
import { Time } from './time.tsx';
import classes from './timeline.module.css';

export const Timeline = ({ entries }: { entries: readonly Moment[] }) => (
  <ol className={classes.timeline}>
    {entries.map(({ at, kind, what, by }) => (
      <li key={`${at} ${kind} ${what} ${by}`} data-kind={kind}>
        <span>
          <span className={classes.kind}>{kind}</span> <TextWithIds>{what}</TextWithIds>
        </span>
        <span className={classes.source}>
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
