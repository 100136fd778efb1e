import { describe, expect, it, vi } from 'vitest';
import { operatorSession, type Tokens } from '../../../../web/admin/session.ts';

const tokens = (access_token: string): Tokens => ({
  access_token,
  refresh_token: `refresh of ${access_token}`,
  expires_in: 900,
});

/** A browser tab with its storage and clock. */
function openTab(renew: (refreshToken: string) => Promise<Tokens | undefined> = async () => tokens('second')) {
  const stored = new Map<string, string>();
  const clock = { ms: 0 };
  const renewal = vi.fn(renew);
  const open = () =>
    operatorSession({
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => stored.set(key, value),
        removeItem: (key) => stored.delete(key),
      },
      now: () => clock.ms,
      renew: renewal,
    });
  return { session: open(), reload: open, renew: renewal, clock, stored };
}

describe('operatorSession', () => {
  it('has no token before the sign-in', async () => {
    const { session, renew } = openTab();

    expect(await session.token()).toBeUndefined();
    expect(session.username()).toBeUndefined();
    expect(renew).not.toHaveBeenCalled();
  });

  it('renews the token one minute before it expires', async () => {
    const { session, renew, clock } = openTab();
    session.start('ada', tokens('first'));

    clock.ms = 839_000;
    expect(await session.token()).toBe('first');
    clock.ms = 840_000;
    expect(await session.token()).toBe('second');

    expect(renew).toHaveBeenCalledExactlyOnceWith('refresh of first');
    expect(session.username()).toBe('ada');
  });

  it('measures the lifetime of a renewed token from its renewal', async () => {
    const { session, renew, clock } = openTab();
    session.start('ada', tokens('first'));
    clock.ms = 890_000;
    await session.token();

    clock.ms += 839_000;
    await session.token();

    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('shares one renewal among concurrent calls', async () => {
    const { session, renew, clock } = openTab();
    session.start('ada', tokens('first'));
    clock.ms = 900_000;

    expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual([
      'second',
      'second',
      'second',
    ]);
    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('expires when the refresh token is rejected', async () => {
    const { session, clock, stored } = openTab(async () => undefined);
    session.start('ada', tokens('first'));
    const listener = vi.fn();
    session.subscribe(listener);
    clock.ms = 900_000;

    expect(await session.token()).toBeUndefined();
    expect([session.username(), session.hasExpired(), stored.size]).toEqual([undefined, true, 0]);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('retries the renewal when the API was unreachable', async () => {
    let online = false;
    const { session, clock } = openTab(async () => {
      if (!online) throw new TypeError('Failed to fetch');
      return tokens('second');
    });
    session.start('ada', tokens('first'));
    clock.ms = 900_000;

    await expect(session.token()).rejects.toThrow('Failed to fetch');
    online = true;
    expect(await session.token()).toBe('second');
  });

  it('stays signed out when a pending renewal completes', async () => {
    let respond = (_: Tokens) => {};
    const { session, clock, stored } = openTab(
      () =>
        new Promise((resolve) => {
          respond = resolve;
        }),
    );
    session.start('ada', tokens('first'));
    clock.ms = 900_000;
    const waiting = session.token();

    session.signOut();
    respond(tokens('second'));

    expect(await waiting).toBeUndefined();
    expect([session.username(), stored.size]).toEqual([undefined, 0]);
  });

  it('survives a reload of the page', async () => {
    const { session, reload } = openTab();
    session.start('ada', tokens('first'));

    const reloaded = reload();

    expect([reloaded.username(), await reloaded.token()]).toEqual(['ada', 'first']);
  });

  it('is signed out when the stored session is invalid', () => {
    const { stored, reload } = openTab();
    stored.set('settle-once.operator', '{');

    expect(reload().username()).toBeUndefined();
  });

  it('removes the stored session when the operator signs out', () => {
    const { session, reload, stored } = openTab();
    session.start('ada', tokens('first'));

    session.signOut();

    expect([session.username(), session.hasExpired(), stored.size, reload().username()]).toEqual([
      undefined,
      false,
      0,
      undefined,
    ]);
  });
});
