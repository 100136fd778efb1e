import {
  Alert,
  Button,
  Group,
  Text,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiProblem } from '../api/call.ts';
import * as api from './api.ts';
import { IdSearch } from './components/id-search.tsx';
import { Page } from './components/page.tsx';
import { Problem } from './components/problem.tsx';
import type { Operator } from './session.ts';
import classes from './shell.module.css';

/** Header and navigation, with counts of open work. */
export function Shell({ operator: { username, role }, children }: { operator: Operator; children: ReactNode }) {
  const [path] = useLocation();
  const [menuOpen, setMenuOpen] = useState(false);
  const failed = useInfiniteQuery(api.failedSettlements);
  const findings = useInfiniteQuery(api.consistency());
  const signingOut = useMutation({ mutationFn: api.signOut });
  const forbidden = failed.error instanceof ApiProblem && failed.error.status === 403 ? failed.error : undefined;

  const links: readonly (readonly [to: string, label: string, count?: string | undefined])[] = [
    ['/', 'Overview'],
    ['/events', 'Webhook events'],
    ['/settlements', 'Failed settlements', countOf(failed.data?.pages.map((page) => page.settlements))],
    ['/consistency', 'Findings', countOf(findings.data?.pages.map((page) => page.findings))],
    ['/statements', 'Statements'],
    ['/audit', 'Audit log'],
    ['/health', 'Health'],
    ['/settings', 'Settings'],
    ...(role === 'admin' ? ([['/api-keys', 'API keys']] as const) : []),
  ];
  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        Skip to content
      </a>
      <header className={classes.header}>
        <Group gap="sm" wrap="nowrap">
          {!forbidden && (
            <Button
              className={classes.menuButton}
              size="xs"
              variant="default"
              aria-expanded={menuOpen}
              aria-controls="menu"
              onClick={() => setMenuOpen(!menuOpen)}
            >
              Menu
            </Button>
          )}
          <span className={classes.brand}>settle-once</span>
        </Group>
        <Group gap="xs" justify="flex-end" className={classes.account}>
          <ColorSchemeToggle />
          <Text
            size="sm"
            component="span"
            className={classes.username}
            title={`Signed in as ${username}${role ? `, ${role}` : ''}`}
          >
            {username}
          </Text>
          <Button size="xs" variant="default" onClick={() => signingOut.mutate(false)} loading={signingOut.isPending}>
            Sign out
          </Button>
          <Button size="xs" variant="default" onClick={() => signingOut.mutate(true)} disabled={signingOut.isPending}>
            Sign out everywhere
          </Button>
        </Group>
      </header>
      {!forbidden && (
        <nav id="menu" className={classes.navigation} aria-label="Main" data-open={menuOpen || undefined}>
          <IdSearch />
          <ul>
            {links.map(([to, label, count]) => (
              <li key={to}>
                <Link
                  href={to}
                  aria-current={(to === '/' ? path === '/' : path.startsWith(to)) ? 'page' : undefined}
                  onClick={() => setMenuOpen(false)}
                >
                  {label}
                  {count && <span className={classes.count}>{count}</span>}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="content" tabIndex={-1} className={classes.content}>
        {signingOut.isError && (
          <Alert color="red" role="alert" title="You’re still signed in">
            The shop couldn’t be reached. Sign out again.
          </Alert>
        )}
        {forbidden ? (
          <Page title="Operators only">
            <Problem error={forbidden} retry={failed.refetch} />
          </Page>
        ) : (
          children
        )}
      </main>
    </div>
  );
}

/** The number of loaded entries; undefined for none. */
function countOf(pages: readonly (readonly unknown[])[] | undefined): string | undefined {
  const count = pages?.flat().length ?? 0;
  return count > 0 ? String(count) : undefined;
}

function ColorSchemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme('light') === 'light' ? 'dark' : 'light';
  return (
    <UnstyledButton
      className={classes.colorScheme}
      aria-label={`Switch to ${other} mode`}
      onClick={() => setColorScheme(other)}
    >
      <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </UnstyledButton>
  );
}
