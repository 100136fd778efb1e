import { Anchor, Button, Loader, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { PaymentCopy } from './payment-copy.ts';
import classes from './status-card.module.css';

interface StatusCardProps extends PaymentCopy {
  readonly retry?: (() => void) | undefined;
  /** @default Try again */
  readonly retryLabel?: string;
  readonly children?: ReactNode;
}

const ICONS = { good: '✓', calm: 'i', bad: '!' } as const;

/** A status with its next step. Screen readers announce its changes. */
export function StatusCard({ tone, title, text, action, retry, retryLabel = 'Try again', children }: StatusCardProps) {
  return (
    <Paper withBorder radius="lg" p="xl" bg="var(--mantine-color-default)">
      <div role="status" className={classes.status}>
        <span className={classes.icon} data-tone={tone} aria-hidden>
          {tone === 'busy' ? <Loader size="md" /> : ICONS[tone]}
        </span>
        <Title order={1} size="h2">
          {title}
        </Title>
        <Text>{text}</Text>
      </div>
      {children}
      <p className={classes.actions}>
        {action && (
          <Button component="a" href={action.href}>
            {action.label}
          </Button>
        )}
        {retry && <Button onClick={retry}>{retryLabel}</Button>}
        <Anchor href="/">Back to the shop</Anchor>
      </p>
    </Paper>
  );
}
