import { Fragment } from 'react';

/** Text such as `PAYMENT.CAPTURE.COMPLETED`, which may wrap after each dot. */
export const BreakAfterDots = ({ children }: { children: string }) =>
  children.split(/(?<=\.)/).map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
