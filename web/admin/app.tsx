import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { session } from './api.ts';
import { Page } from './components/page.tsx';
import { PageLink } from './components/page-link.tsx';
import { AuditPage } from './pages/audit.tsx';
import { ConsistencyPage } from './pages/consistency.tsx';
import { EventPage } from './pages/event.tsx';
import { EventsPage } from './pages/events.tsx';
import { HealthPage } from './pages/health.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { PaymentPage } from './pages/payment.tsx';
import { SettlementsPage } from './pages/settlements.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { Shell } from './shell.tsx';

/** The pages, for who is signed in; the address stays as it is meanwhile, so that a link leads where it should after the sign-in. */
export function App() {
  const username = useSyncExternalStore(session.subscribe, session.username);
  const queries = useQueryClient();
  useEffect(() => {
    // Nothing that one operator has seen is there for the next.
    if (username === undefined) queries.clear();
  }, [username, queries]);
  useTitleInFocus();

  if (username === undefined) return <SignInPage ranOut={session.hasRunOut()} />;
  return (
    <Shell username={username}>
      <Switch>
        <Route path="/" component={OverviewPage} />
        <Route path="/events" component={EventsPage} />
        <Route path="/events/:id">{({ id }) => <EventPage key={id} id={id} />}</Route>
        <Route path="/settlements" component={SettlementsPage} />
        <Route path="/payments/:id">{({ id }) => <PaymentPage key={id} id={id} />}</Route>
        <Route path="/consistency" component={ConsistencyPage} />
        <Route path="/audit" component={AuditPage} />
        <Route path="/health" component={HealthPage} />
        <Route path="/sign-in">
          <Redirect to="/" replace />
        </Route>
        <Route>
          <Page title="There is no such page">
            <p>
              The address may be mistyped. <PageLink to="/">To the overview</PageLink>
            </p>
          </Page>
        </Route>
      </Switch>
    </Shell>
  );
}

/** A new page begins at its top, and is read from its title on. */
function useTitleInFocus(): void {
  const [path] = useLocation();
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [path]);
}
