import { Group, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { BreakAfterDots } from './break-after-dots.tsx';

interface PageProps {
  title: string;
  /** What it is for, in a sentence. */
  about?: ReactNode;
  /** What can be done here, beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** One page: its title, which the browser's tab shows as well, and what is under it. */
export function Page({ title, about, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Operators`;
  }, [title]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Title order={1} size="h2" tabIndex={-1} className="page-title">
            <BreakAfterDots>{title}</BreakAfterDots>
          </Title>
          {about && <p className="about">{about}</p>}
        </div>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
