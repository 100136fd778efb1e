import { Group, Paper, Stack, Title } from '@mantine/core';
import { type ReactNode, useId } from 'react';

interface SectionProps {
  title: string;
  aside?: ReactNode;
  /** Whether it asks for somebody. */
  urgent?: boolean;
  children: ReactNode;
}

/** A part of a page, in a frame. */
export function Section({ title, aside, urgent = false, children }: SectionProps) {
  const heading = useId();
  return (
    <Paper
      component="section"
      aria-labelledby={heading}
      withBorder
      p="md"
      className="section"
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
