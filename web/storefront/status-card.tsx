import { Anchor, Button, Loader, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PaymentCopy } from './payment-copy.ts';
import classes from './status-card.module.css';

interface StatusCardProps extends PaymentCopy {
  /** Does again what did not work. */
  readonly again?: (() => void) | undefined;
  /** @default Try again */
  readonly againLabel?: string;
  readonly children?: ReactNode;
}

const SIGNS = { good: '✓', calm: 'i', bad: '!' } as const;

/** How things stand. What changes here is read aloud to whoever does not see it. */
export function StatusCard({ tone, title, text, onward, again, againLabel = 'Try again', children }: StatusCardProps) {
  return (
    <Paper withBorder radius="lg" p="xl" bg="var(--mantine-color-default)">
      <div role="status" className={classes.words}>
        <span className={classes.sign} data-tone={tone} aria-hidden>
          {tone === 'busy' ? <Loader size="md" /> : SIGNS[tone]}
        </span>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text>{text}</Text>
      </div>
      {children}
      <p className={classes.onward}>
        {onward && (
          <Button component="a" href={onward.href}>
            {onward.label}
          </Button>
        )}
        {again && <Button onClick={again}>{againLabel}</Button>}
        <Anchor href="/">To the shop</Anchor>
      </p>
    </Paper>
  );
}
