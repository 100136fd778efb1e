import type { ReactNode } from 'react';
import classes from './note.module.css';

interface NoteProps {
  /** @default xs */
  size?: 'xs' | 'sm';
  inline?: boolean;
  children: ReactNode;
}

/** Secondary text: dimmed and small. */
export function Note({ size = 'xs', inline = false, children }: NoteProps) {
  const Element = inline ? 'span' : 'div';
  return (
    <Element className={classes.note} data-size={size}>
      {children}
    </Element>
  );
}
