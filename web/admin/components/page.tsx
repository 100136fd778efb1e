import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { BreakAfterDots } from './break-after-dots.tsx';
import { Note } from './note.tsx';
import classes from './page.module.css';

interface PageProps {
  /** Also shown in the browser tab. */
  title: string;
  description?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, description, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Admin`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1} size="h2" tabIndex={-1} className={classes.title}>
            <BreakAfterDots>{title}</BreakAfterDots>
          </Title>
          {description && <Note size="sm">{description}</Note>}
        </div>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
