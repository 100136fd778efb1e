import { type Role, roleOf } from '../../src/access/role.ts';
import type { SignedIn } from '../api/schema.ts';

/** Whose token it is, as its claims say. */
export interface Operator {
  readonly username: string;
  /** Undefined outside all groups: the API refuses every call. */
  readonly role: Role | undefined;
}

interface Current {
  readonly operator: Operator;
  readonly token: string;
  /** Milliseconds by the browser's clock. */
  readonly endsAt: number;
}

export interface SessionDeps {
  /** Milliseconds. */
  readonly now: () => number;
  /**
   * With the refresh token, which is in a cookie that scripts cannot read.
   * @returns undefined when there is no session, or it is over. @throws when the API cannot be reached.
   */
  readonly renew: () => Promise<SignedIn | undefined>;
}

/** Renews a token this early, so that it does not expire in flight. */
const RENEWAL_MARGIN_MS = 60_000;

/** The operator's sign-in: keeps the access token in memory and renews it. */
export function operatorSession({ now, renew }: SessionDeps) {
  let current: Current | undefined;
  let expired = false;
  let restored = false;
  let renewal: Promise<string | undefined> | undefined;
  const listeners = new Set<() => void>();

  function update(next: Current | undefined): void {
    current = next;
    for (const listener of listeners) listener();
  }

  async function renewed(before: Current): Promise<string | undefined> {
    const signedIn = await renew();
    // The operator may have signed out in the meantime.
    if (current !== before) return current?.token;
    if (signedIn) session.start(signedIn);
    else session.expire();
    return signedIn?.access_token;
  }

  const session = {
    start({ access_token, expires_in }: SignedIn): void {
      expired = false;
      restored = true;
      const operator = operatorOf(access_token);
      const same = current?.operator.username === operator.username && current.operator.role === operator.role;
      update({
        // The same object for the same operator: a renewed token does not render the page.
        operator: same && current ? current.operator : operator,
        token: access_token,
        endsAt: now() + expires_in * 1000,
      });
    },

    /** Continues the session of another tab, or of this one before it was loaded again. */
    async restore(): Promise<void> {
      const signedIn = await renew().catch(() => undefined);
      restored = true;
      if (signedIn && !current) session.start(signedIn);
      else update(current);
    },

    /** Whether it is known if there is a session. */
    isRestored: (): boolean => restored,

    signOut(): void {
      expired = false;
      update(undefined);
    },

    /** Ends the session because the API rejected its token. */
    expire(): void {
      expired = true;
      update(undefined);
    },

    /** Undefined when signed out. */
    operator: (): Operator | undefined => current?.operator,

    /** Whether the last session expired, rather than being signed out. */
    hasExpired: (): boolean => expired,

    /** The access token, renewed when it is about to expire; undefined when signed out. */
    async token(): Promise<string | undefined> {
      if (!current || current.endsAt - now() > RENEWAL_MARGIN_MS) return current?.token;
      // Concurrent calls share one renewal.
      renewal ??= renewed(current).finally(() => {
        renewal = undefined;
      });
      return renewal;
    },

    /** Calls the listener after each sign-in, renewal and sign-out. @returns the unsubscribe function. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return session;
}

/** Not verified: the API does that. */
function operatorOf(accessToken: string): Operator {
  const payload = accessToken.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
  const claims: { username: string; 'cognito:groups'?: readonly string[] } = JSON.parse(atob(payload));
  return { username: claims.username, role: roleOf(claims['cognito:groups'] ?? []) };
}
