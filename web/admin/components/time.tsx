import { localTime, utcTime } from '../format.ts';

/** A time as the reader's clock shows it; hovering over it tells the time that is in the logs. */
export const Time = ({ at }: { at: string | null }) =>
  at ? (
    <time dateTime={at} title={utcTime(at)} className="figures">
      {localTime(at)}
    </time>
  ) : (
    <>–</>
  );
