import { describe, expect, it, vi } from 'vitest';
import { operatorSession } from '../../../../web/admin/session.ts';
import type { SignedIn } from '../../../../web/api/schema.ts';

const claims = (username: string, groups: readonly string[] = ['admin']) => ({ username, 'cognito:groups': groups });

/** The API's response with a token of these claims; `mark` tells tokens apart. */
const signedIn = (mark: string, of: object = claims('ada')): SignedIn => ({
  access_token: `e30.${Buffer.from(JSON.stringify(of)).toString('base64url')}.${mark}`,
  token_type: 'Bearer',
  expires_in: 900,
});
const markOf = (token: string | undefined) => token?.split('.')[2];

/** A browser tab with its clock, and the API with the session of the cookie. */
function openTab(renew: () => Promise<SignedIn | undefined> = async () => signedIn('second')) {
  const clock = { ms: 0 };
  const renewal = vi.fn(renew);
  return { session: operatorSession({ now: () => clock.ms, renew: renewal }), renew: renewal, clock };
}

describe('operatorSession', () => {
  it('has no token before the sign-in', async () => {
    const { session, renew } = openTab();

    expect(await session.token()).toBeUndefined();
    expect(session.operator()).toBeUndefined();
    expect(renew).not.toHaveBeenCalled();
  });

  it.each([
    ['viewer', ['viewer']],
    ['operator', ['operator']],
    ['admin', ['viewer', 'admin']],
    ['admin', ['operators']],
    [undefined, ['shoppers']],
  ])('has the username and the role %s of the token’s groups %j', (role, groups) => {
    const { session } = openTab();

    session.start(signedIn('first', claims('ada', groups)));

    expect(session.operator()).toEqual({ username: 'ada', role });
  });

  it('has no role without groups', () => {
    const { session } = openTab();

    session.start(signedIn('first', { username: 'ada' }));

    expect(session.operator()).toEqual({ username: 'ada', role: undefined });
  });

  it('renews the token one minute before it expires', async () => {
    const { session, renew, clock } = openTab();
    session.start(signedIn('first'));
    const operator = session.operator();

    clock.ms = 839_000;
    expect(markOf(await session.token())).toBe('first');
    clock.ms = 840_000;
    expect(markOf(await session.token())).toBe('second');

    expect(renew).toHaveBeenCalledTimes(1);
    expect(session.operator()).toBe(operator);
  });

  it('measures the lifetime of a renewed token from its renewal', async () => {
    const { session, renew, clock } = openTab();
    session.start(signedIn('first'));
    clock.ms = 890_000;
    await session.token();

    clock.ms += 839_000;
    await session.token();

    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('shares one renewal among concurrent calls', async () => {
    const { session, renew, clock } = openTab();
    session.start(signedIn('first'));
    clock.ms = 900_000;

    const tokens = await Promise.all([session.token(), session.token(), session.token()]);

    expect(tokens.map(markOf)).toEqual(['second', 'second', 'second']);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('expires when the session of the cookie is over', async () => {
    const { session, clock } = openTab(async () => undefined);
    session.start(signedIn('first'));
    const listener = vi.fn();
    session.subscribe(listener);
    clock.ms = 900_000;

    expect(await session.token()).toBeUndefined();
    expect([session.operator(), session.hasExpired()]).toEqual([undefined, true]);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('retries the renewal when the API was unreachable', async () => {
    let online = false;
    const { session, clock } = openTab(async () => {
      if (!online) throw new TypeError('Failed to fetch');
      return signedIn('second');
    });
    session.start(signedIn('first'));
    clock.ms = 900_000;

    await expect(session.token()).rejects.toThrow('Failed to fetch');
    online = true;
    expect(markOf(await session.token())).toBe('second');
  });

  it('stays signed out when a pending renewal completes', async () => {
    let respond = (_: SignedIn) => {};
    const { session, clock } = openTab(
      () =>
        new Promise((resolve) => {
          respond = resolve;
        }),
    );
    session.start(signedIn('first'));
    clock.ms = 900_000;
    const waiting = session.token();

    session.signOut();
    respond(signedIn('second'));

    expect(await waiting).toBeUndefined();
    expect([session.operator(), session.hasExpired()]).toEqual([undefined, false]);
  });

  it('becomes that of another operator who has signed in in another tab', async () => {
    const { session, clock } = openTab(async () => signedIn('second', claims('grace', ['viewer'])));
    session.start(signedIn('first'));
    clock.ms = 900_000;

    await session.token();

    expect(session.operator()).toEqual({ username: 'grace', role: 'viewer' });
  });
});

describe('restore', () => {
  it('continues the session of the cookie', async () => {
    const { session } = openTab();
    expect(session.isRestored()).toBe(false);

    await session.restore();

    expect([session.isRestored(), markOf(await session.token())]).toEqual([true, 'second']);
  });

  it.each([
    ['there is none', async () => undefined],
    [
      'the API cannot be reached',
      async () => {
        throw new TypeError('Failed to fetch');
      },
    ],
  ])('shows the sign-in when %s', async (_, renew) => {
    const { session } = openTab(renew);
    const listener = vi.fn();
    session.subscribe(listener);

    await session.restore();

    expect([session.isRestored(), session.operator(), session.hasExpired()]).toEqual([true, undefined, false]);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
