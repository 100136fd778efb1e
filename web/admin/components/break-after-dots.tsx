import { Fragment } from 'react';

/** A name such as `PAYMENT.CAPTURE.COMPLETED`, which breaks after its dots where there is no room for it. */
export const BreakAfterDots = ({ children }: { children: string }) =>
  children.split(/(?<=\.)/).map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
