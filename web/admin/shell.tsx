import { Button, Group, Text, UnstyledButton, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiProblem } from '../api/call.ts';
import * as api from './api.ts';
import { IdSearch } from './components/id-search.tsx';
import { Page } from './components/page.tsx';
import { Problem } from './components/problem.tsx';

/** What is around every page: the way to the others, and what waits to be done there. */
export function Shell({ username, children }: { username: string; children: ReactNode }) {
  const [path] = useLocation();
  const [menu, setMenu] = useState(false);
  const failed = useInfiniteQuery(api.failedSettlements);
  const findings = useInfiniteQuery(api.consistency());
  const stranger = failed.error instanceof ApiProblem && failed.error.status === 403 ? failed.error : undefined;

  const links: readonly (readonly [to: string, words: string, waiting?: string | undefined])[] = [
    ['/', 'Overview'],
    ['/events', 'Webhook events'],
    ['/settlements', 'Failed settlements', counted(failed.data?.pages.map((page) => page.settlements))],
    ['/consistency', 'Findings', counted(findings.data?.pages.map((page) => page.findings))],
    ['/audit', 'Audit'],
    ['/health', 'Health'],
  ];
  return (
    <div className="shell">
      <a href="#content" className="skip">
        Skip to the content
      </a>
      <header className="top">
        <Group gap="sm" wrap="nowrap">
          {!stranger && (
            <Button
              className="menu-button"
              size="xs"
              variant="default"
              aria-expanded={menu}
              aria-controls="menu"
              onClick={() => setMenu(!menu)}
            >
              Menu
            </Button>
          )}
          <Text fw={700} component="span">
            settle-once
          </Text>
        </Group>
        <Group gap="xs" wrap="nowrap">
          <ColourScheme />
          <Text size="sm" component="span" className="who" title="Signed in">
            {username}
          </Text>
          <Button size="xs" variant="default" onClick={() => api.session.end()}>
            Sign out
          </Button>
        </Group>
      </header>
      {!stranger && (
        <nav id="menu" className="side" aria-label="Pages" data-open={menu || undefined}>
          <IdSearch />
          <ul>
            {links.map(([to, words, waiting]) => (
              <li key={to}>
                <Link
                  href={to}
                  aria-current={(to === '/' ? path === '/' : path.startsWith(to)) ? 'page' : undefined}
                  onClick={() => setMenu(false)}
                >
                  {words}
                  {waiting && <span className="waiting">{waiting}</span>}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="content" tabIndex={-1}>
        {stranger ? (
          <Page title="This is for operators">
            <Problem error={stranger} retry={failed.refetch} />
          </Page>
        ) : (
          children
        )}
      </main>
    </div>
  );
}

/** How many there are, as far as they are loaded; nothing when there is none. */
function counted(pages: readonly (readonly unknown[])[] | undefined): string | undefined {
  const count = pages?.flat().length ?? 0;
  return count > 0 ? String(count) : undefined;
}

function ColourScheme() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return (
    <UnstyledButton className="scheme" aria-label={`Use ${other} colours`} onClick={() => setColorScheme(other)}>
      <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </UnstyledButton>
  );
}
