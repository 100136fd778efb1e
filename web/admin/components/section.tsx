import { Group, Paper, Stack, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import classes from './section.module.css';

interface SectionProps {
  title: string;
  /** Beside the title. */
  aside?: ReactNode;
  /** Marks what needs an operator's attention. */
  urgent?: boolean;
  children: ReactNode;
}

/** A framed part of a page. */
export function Section({ title, aside, urgent = false, children }: SectionProps) {
  const heading = useId();
  return (
    <Paper
      component="section"
      aria-labelledby={heading}
      withBorder
      p="md"
      className={classes.section}
      data-urgent={urgent || undefined}
    >
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Title order={2} size="h4" id={heading}>
            {title}
          </Title>
          {aside}
        </Group>
        {children}
      </Stack>
    </Paper>
  );
}
