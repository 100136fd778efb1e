/** The API's response to a sign-in or a token refresh. */
export interface Tokens {
  /** The bearer token of each call. */
  readonly access_token: string;
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** Kept in the tab's `sessionStorage`. */
interface StoredSession {
  readonly username: string;
  readonly tokens: Tokens;
  /** Milliseconds by the browser's clock. */
  readonly endsAt: number;
}

export interface SessionDeps {
  /** The tab's `sessionStorage`. */
  readonly storage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  /** Milliseconds. */
  readonly now: () => number;
  /** @returns new tokens, or undefined when the refresh token is rejected. @throws when the API cannot be reached. */
  readonly renew: (refreshToken: string) => Promise<Tokens | undefined>;
}

const KEY = 'settle-once.operator';
/** Renews a token this early, so that it does not expire in flight. */
const RENEWAL_MARGIN_MS = 60_000;

/** The operator's sign-in: keeps the tokens and renews them. */
export function operatorSession({ storage, now, renew }: SessionDeps) {
  let current: StoredSession | undefined = restore();
  let expired = false;
  let renewal: Promise<string | undefined> | undefined;
  const listeners = new Set<() => void>();

  function restore(): StoredSession | undefined {
    try {
      return JSON.parse(storage.getItem(KEY) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  function update(next: StoredSession | undefined): void {
    current = next;
    if (next) storage.setItem(KEY, JSON.stringify(next));
    else storage.removeItem(KEY);
    for (const listener of listeners) listener();
  }

  async function renewed(before: StoredSession): Promise<string | undefined> {
    const tokens = await renew(before.tokens.refresh_token);
    // The operator may have signed out in the meantime.
    if (current !== before) return current?.tokens.access_token;
    if (tokens) session.start(before.username, tokens);
    else session.expire();
    return tokens?.access_token;
  }

  const session = {
    start(username: string, tokens: Tokens): void {
      expired = false;
      update({ username, tokens, endsAt: now() + tokens.expires_in * 1000 });
    },

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
    username: (): string | undefined => current?.username,

    /** Whether the last session expired, rather than being signed out. */
    hasExpired: (): boolean => expired,

    /** The access token, renewed when it is about to expire; undefined when signed out. */
    async token(): Promise<string | undefined> {
      if (!current || current.endsAt - now() > RENEWAL_MARGIN_MS) return current?.tokens.access_token;
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
