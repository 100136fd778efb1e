import { Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** An error message. It takes focus, so that a screen reader reads it and its buttons are next in tab order. */
export function Notice({ title, children }: NoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div ref={box} role="alert" tabIndex={-1} className={classes.notice}>
      <Title order={3} size="h5">
        {title}
      </Title>
      {children}
    </div>
  );
}
