/** What the API answers to who signs in, and to who stays so. */
export interface Tokens {
  /** What a call carries as `Authorization: Bearer`; it ends soon. */
  readonly access_token: string;
  /** What the next one is got with. */
  readonly refresh_token: string;
  /** Seconds. */
  readonly expires_in: number;
}

/** A sign-in, as it lies in the tab's storage: gone with the tab. */
interface SignedIn {
  readonly username: string;
  readonly tokens: Tokens;
  /** Milliseconds of this machine's clock. */
  readonly endsAt: number;
}

/** What a session needs from outside. */
export interface SessionDeps {
  /** The tab's `sessionStorage`. */
  readonly storage: {
    getItem(key: string): string | null;
    setItem(key: string, value: string): void;
    removeItem(key: string): void;
  };
  /** Milliseconds. */
  readonly now: () => number;
  /** @returns new tokens, or undefined when the refresh token is not taken any more. @throws when nobody answers. */
  readonly renew: (refreshToken: string) => Promise<Tokens | undefined>;
}

const KEY = 'settle-once.operator';
/** So long before its end a token is renewed, that none ends on its way. */
const MARGIN_MS = 60_000;

/** Who is signed in, if anybody, and the token of the moment. */
export function operatorSession({ storage, now, renew }: SessionDeps) {
  let current: SignedIn | undefined = restored();
  let ranOut = false;
  let renewal: Promise<string | undefined> | undefined;
  const listeners = new Set<() => void>();

  function restored(): SignedIn | undefined {
    try {
      return JSON.parse(storage.getItem(KEY) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }

  function become(next: SignedIn | undefined): void {
    current = next;
    if (next) storage.setItem(KEY, JSON.stringify(next));
    else storage.removeItem(KEY);
    for (const listener of listeners) listener();
  }

  async function renewed(before: SignedIn): Promise<string | undefined> {
    const tokens = await renew(before.tokens.refresh_token);
    // Meanwhile, somebody may have signed out.
    if (current !== before) return current?.tokens.access_token;
    if (tokens) session.begin(before.username, tokens);
    else session.runOut();
    return tokens?.access_token;
  }

  const session = {
    /** Somebody has signed in. */
    begin(username: string, tokens: Tokens): void {
      ranOut = false;
      become({ username, tokens, endsAt: now() + tokens.expires_in * 1000 });
    },

    /** Signs out. */
    end(): void {
      ranOut = false;
      become(undefined);
    },

    /** Signs out because the API does not take the token any more. */
    runOut(): void {
      ranOut = true;
      become(undefined);
    },

    /** The name of who is signed in. */
    username: (): string | undefined => current?.username,

    /** Whether the last sign-in ended without being asked to. */
    hasRunOut: (): boolean => ranOut,

    /** The token to call with, renewed when it is about to end; undefined when nobody is signed in, or not any more. */
    async token(): Promise<string | undefined> {
      if (!current || current.endsAt - now() > MARGIN_MS) return current?.tokens.access_token;
      // Calls side by side wait for one renewal.
      renewal ??= renewed(current).finally(() => {
        renewal = undefined;
      });
      return renewal;
    },

    /** Calls whenever somebody signs in or out. @returns how to stop that. */
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return session;
}
