import { Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import classes from './notice.module.css';

interface NoticeProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** Why something did not work. It is read aloud, and what can be done about it comes next for whoever uses the keyboard. */
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
