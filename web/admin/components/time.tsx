import { localTime, utcTime } from '../format.ts';

/** A time in the reader's zone; its tooltip has the UTC time that logs show. */
export const Time = ({ at }: { at: string | null }) =>
  at ? (
    <time dateTime={at} title={utcTime(at)}>
      {localTime(at)}
    </time>
  ) : (
    <>–</>
  );
