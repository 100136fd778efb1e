import { expect, it, vi } from 'vitest';
import { operatorSession, type Tokens } from '../../../../web/admin/session.ts';

const tokens = (access_token: string): Tokens => ({
  access_token,
  refresh_token: `refresh of ${access_token}`,
  expires_in: 900,
});

function tab(renew: (refreshToken: string) => Promise<Tokens | undefined> = async () => tokens('second')) {
  const stored = new Map<string, string>();
  const clock = { ms: 0 };
  const renewing = vi.fn(renew);
  const open = () =>
    operatorSession({
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => stored.set(key, value),
        removeItem: (key) => stored.delete(key),
      },
      now: () => clock.ms,
      renew: renewing,
    });
  return { session: open(), reload: open, renew: renewing, clock, stored };
}

it('has no token for a stranger', async () => {
  const { session, renew } = tab();

  expect(await session.token()).toBeUndefined();
  expect(session.username()).toBeUndefined();
  expect(renew).not.toHaveBeenCalled();
});

it('calls with one token until a minute before its end, then with the next', async () => {
  const { session, renew, clock } = tab();
  session.begin('ada', tokens('first'));

  clock.ms = 839_000;
  expect(await session.token()).toBe('first');
  clock.ms = 840_000;
  expect(await session.token()).toBe('second');

  expect(renew).toHaveBeenCalledExactlyOnceWith('refresh of first');
  expect(session.username()).toBe('ada');
});

it('counts the next token’s time from when it came', async () => {
  const { session, renew, clock } = tab();
  session.begin('ada', tokens('first'));
  clock.ms = 890_000;
  await session.token();

  clock.ms += 839_000;
  await session.token();

  expect(renew).toHaveBeenCalledTimes(1);
});

it('renews once, however many calls wait for it', async () => {
  const { session, renew, clock } = tab();
  session.begin('ada', tokens('first'));
  clock.ms = 900_000;

  expect(await Promise.all([session.token(), session.token(), session.token()])).toEqual([
    'second',
    'second',
    'second',
  ]);
  expect(renew).toHaveBeenCalledTimes(1);
});

it('is over once the refresh token is refused, and says that it ran out', async () => {
  const { session, clock, stored } = tab(async () => undefined);
  session.begin('ada', tokens('first'));
  const heard = vi.fn();
  session.subscribe(heard);
  clock.ms = 900_000;

  expect(await session.token()).toBeUndefined();
  expect([session.username(), session.hasRunOut(), stored.size]).toEqual([undefined, true, 0]);
  expect(heard).toHaveBeenCalledTimes(1);
});

it('goes on after a renewal that nobody answered', async () => {
  let online = false;
  const { session, clock } = tab(async () => {
    if (!online) throw new TypeError('Failed to fetch');
    return tokens('second');
  });
  session.begin('ada', tokens('first'));
  clock.ms = 900_000;

  await expect(session.token()).rejects.toThrow('Failed to fetch');
  online = true;
  expect(await session.token()).toBe('second');
});

it('stays signed out when a renewal ends after that', async () => {
  let answer = (_: Tokens) => {};
  const { session, clock, stored } = tab(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  session.begin('ada', tokens('first'));
  clock.ms = 900_000;
  const waiting = session.token();

  session.end();
  answer(tokens('second'));

  expect(await waiting).toBeUndefined();
  expect([session.username(), stored.size]).toEqual([undefined, 0]);
});

it('outlives a reload of the page', async () => {
  const { session, reload } = tab();
  session.begin('ada', tokens('first'));

  const reloaded = reload();

  expect([reloaded.username(), await reloaded.token()]).toEqual(['ada', 'first']);
});

it('takes a spoilt storage for signed out', () => {
  const { stored, reload } = tab();
  stored.set('settle-once.operator', '{');

  expect(reload().username()).toBeUndefined();
});

it('leaves nothing behind when somebody signs out', () => {
  const { session, reload, stored } = tab();
  session.begin('ada', tokens('first'));

  session.end();

  expect([session.username(), session.hasRunOut(), stored.size, reload().username()]).toEqual([
    undefined,
    false,
    0,
    undefined,
  ]);
});
