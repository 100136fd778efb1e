import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
// Equal to PayPal's OpenAPI files, by a test of the simulator.
import issues from '../../../simulator/state/paypal-issues.json' with { type: 'json' };
import { PayPalRefused, PayPalUnauthorized, PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { refusalOwner } from '../../../src/paypal/refusals.ts';
import {
  clientOf,
  problem,
  type Reply,
  reply,
  reset,
  type ScriptedPayPal,
  scriptedPayPal,
  silence,
} from './scripted-paypal.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
const rowsBelow = (heading: string): string[][] =>
  (page.split(`\n${heading}\n`)[1] ?? '')
    .split(/\n##+ /)[0]
    ?.split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    ) ?? [];
const rows = rowsBelow('## Responses from PayPal');

/** The replies to the requests of one call, by row. */
const REPLIES: Readonly<Record<string, Reply | readonly Reply[]>> = {
  'no complete response within 8 s': silence,
  'connection refused or reset': reset,
  '5xx': reply(503),
  '429 with a `Retry-After` of at most 2 s': reply(429, '', { 'retry-after': '2' }),
  '429 with a longer `Retry-After`': reply(429, '', { 'retry-after': '3' }),
  '429 without `Retry-After`': reply(429),
  '409, still processing the same request': reply(409, problem('RESOURCE_CONFLICT', 'PREVIOUS_REQUEST_IN_PROGRESS')),
  '422 ORDER_COMPLETION_IN_PROGRESS': reply(422, problem('UNPROCESSABLE_ENTITY', 'ORDER_COMPLETION_IN_PROGRESS')),
  '3xx': reply(302, '', { location: '/elsewhere' }),
  '200 that is not JSON': reply(200, '<html>'),
  "200 that does not match PayPal's documentation": reply(200, { id: 1 }),
  '200 that is longer than 1 MiB': reply(200, ' '.repeat(1024 * 1024 + 1)),
  "404 without PayPal's error body, as from a proxy": reply(404, 'not found'),
  '401 once': [reply(401), reply(200, { id: 'ORDER-1', status: 'COMPLETED' })],
  '401 twice': reply(401),
  '401 for the credentials': [],
  '404 RESOURCE_NOT_FOUND': reply(404, problem('RESOURCE_NOT_FOUND', 'INVALID_RESOURCE_ID')),
  '422 with any other issue, on a capture or refund': reply(
    422,
    problem('UNPROCESSABLE_ENTITY', 'INSTRUMENT_DECLINED'),
  ),
  '400 or 403, on a capture': reply(403, problem('NOT_AUTHORIZED', 'PERMISSION_DENIED')),
  'any other 4xx': reply(415, problem('UNSUPPORTED_MEDIA_TYPE')),
};

let paypal: ScriptedPayPal;
beforeEach(async () => {
  paypal = await scriptedPayPal();
});
afterEach(() => {
  vi.useRealTimers();
  return paypal.close();
});

/** The outcome of a call as the page writes it. */
const cellOf = (outcome: unknown): string => {
  if (outcome instanceof PayPalUnavailable) return `\`PayPalUnavailable\` ${outcome.reason}`;
  if (outcome instanceof PayPalUnauthorized) return '`PayPalUnauthorized`';
  if (outcome instanceof PayPalRefused) return '`PayPalRefused`';
  const { outcome: name } = outcome as { outcome: string };
  return (
    { gone: 'not found, or `gone`', rejected: '`rejected`, with the issue' }[name] ?? 'the response, with a new token'
  );
};

it('docs/errors.md lists every response that is tested, and no other', () => {
  expect(rows.map(([name]) => name).sort()).toEqual(Object.keys(REPLIES).sort());
});

it.each(rows)('docs/errors.md matches the client for %s: %s, after %s requests', async (name = '', cell, requests) => {
  const replies = REPLIES[name] ?? [];
  paypal.replies(...(Array.isArray(replies) ? replies : [replies, replies, replies]));
  if (name.endsWith('for the credentials')) paypal.repliesToTokens(reply(401, { error: 'invalid_client' }));
  if (name.endsWith('within 8 s')) vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

  const call = clientOf(paypal.origin)
    .client.captureOrder('ORDER-1', 'capture-pay_1')
    .catch((error: unknown) => error);
  if (vi.isFakeTimers()) {
    await paypal.nextRequest();
    await paypal.nextRequest();
    await vi.advanceTimersByTimeAsync(8_000);
  }

  expect(cellOf(await call)).toBe(cell);
  expect(paypal.requests).toHaveLength(Number(requests));
});

it('docs/errors.md names only alarms of the runbook', () => {
  const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/alarms? ((?:`[a-z-]+`(?:, )?)+)/g)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
  );

  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !runbook.includes(`## ${name}\n`))).toEqual([]);
});

describe('docs/errors.md: refused captures', () => {
  const tables = { buyer: '### The buyer’s', merchant: '### The merchant’s', paypal: '### PayPal’s' } as const;
  const documented = Object.entries(tables).flatMap(([owner, heading]) =>
    rowsBelow(heading).map(([issue = '', ...cells]) => ({ owner, issue, cells })),
  );
  const ofCaptures = Object.keys(issues['orders.capture']);

  it('gives each issue that PayPal lists for a capture to exactly one owner, with its meaning', () => {
    expect(documented.map(({ issue }) => issue).toSorted()).toEqual(
      [...new Set(documented.map((row) => row.issue))].toSorted(),
    );
    expect(ofCaptures.filter((listed) => !documented.some(({ issue }) => issue === listed))).toEqual([]);
    expect(documented.filter(({ cells }) => cells.includes(''))).toEqual([]);
  });

  it('gives no issue that PayPal does not list for orders', () => {
    const listed = new Set([...ofCaptures, ...Object.keys(issues['orders.create'])]);

    expect(documented.filter(({ issue }) => !listed.has(issue))).toEqual([]);
  });

  it.each(documented)('names the owner of the code: $owner for $issue', ({ owner, issue }) => {
    expect(refusalOwner(issue)).toBe(owner);
  });

  it('gives every issue that it does not list to the merchant', () => {
    const unlisted = Object.keys(issues['orders.create']).filter(
      (issue) => !documented.some((row) => row.issue === issue),
    );

    expect(unlisted.length).toBeGreaterThan(40);
    expect([...unlisted, 'ISSUE_OF_TOMORROW', ''].filter((issue) => refusalOwner(issue) !== 'merchant')).toEqual([]);
  });

  it('names a step of the runbook for each issue of the merchant', () => {
    const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
    const [, section = ''] = runbook.split('\n## captures-refused-for-merchant\n');
    const steps = [...(section.split('\n## ')[0] ?? '').matchAll(/^\d\. _(\w+)_/gm)].map(([, step]) => step);
    const actions = documented.filter(({ owner }) => owner === 'merchant').map(({ cells }) => cells[1]);

    expect([...new Set(actions)].toSorted()).toEqual(steps.toSorted());
  });
});
