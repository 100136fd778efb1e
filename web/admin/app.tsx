import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { textOfSegment } from '../../src/shared/path-segment.ts';
import { session } from './api.ts';
import { Page } from './components/page.tsx';
import { PageLink } from './components/page-link.tsx';
import { ApiKeysPage } from './pages/api-keys.tsx';
import { AuditPage } from './pages/audit.tsx';
import { ConsistencyPage } from './pages/consistency.tsx';
import { EventPage } from './pages/event.tsx';
import { EventsPage } from './pages/events.tsx';
import { HealthPage } from './pages/health.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { PaymentPage } from './pages/payment.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { SettlementsPage } from './pages/settlements.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { StatementsPage } from './pages/statements.tsx';
import { Shell } from './shell.tsx';

/** Routes for a signed-in operator. The sign-in page keeps the URL, so that a deep link works after signing in. */
export function App() {
  const operator = useSyncExternalStore(session.subscribe, session.operator);
  const isRestored = useSyncExternalStore(session.subscribe, session.isRestored);
  const queryClient = useQueryClient();
  const username = operator?.username;
  // biome-ignore lint/correctness/useExhaustiveDependencies: cached data must not be visible to the next operator
  useEffect(() => () => queryClient.clear(), [username, queryClient]);
  useHeadingFocus();

  if (!isRestored) return null;
  if (!operator) return <SignInPage expired={session.hasExpired()} />;
  return (
    <Shell key={operator.username} operator={operator}>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/events" component={EventsPage} />
        <Route path="/events/:id">{({ id }) => <EventPage key={id} id={textOfSegment(id) ?? id} />}</Route>
        <Route path="/settlements" component={SettlementsPage} />
        <Route path="/payments/:id">{({ id }) => <PaymentPage key={id} id={id} />}</Route>
        <Route path="/consistency" component={ConsistencyPage} />
        <Route path="/statements" component={StatementsPage} />
        <Route path="/audit" component={AuditPage} />
        {operator.role === 'admin' && <Route path="/api-keys" component={ApiKeysPage} />}
        <Route path="/settings" component={SettingsPage} />
        <Route path="/health" component={HealthPage} />
        <Route path="/sign-in">
          <Redirect to="/" replace />
        </Route>
        <Route>
          <Page title="Page not found">
            <p>
              Check the address, or <PageLink to="/">go to the overview</PageLink>.
            </p>
          </Page>
        </Route>
      </Switch>
    </Shell>
  );
}

/** After navigation, scrolls to the top and moves focus to the heading, where screen readers continue. */
function useHeadingFocus(): void {
  const [path] = useLocation();
  const current = useRef(path);
  useEffect(() => {
    if (current.current === path) return;
    current.current = path;
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [path]);
}
