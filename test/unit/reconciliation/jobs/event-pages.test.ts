import { describe, expect, it } from 'vitest';
import { PayPalUnavailable } from '../../../../src/paypal/errors.ts';
import { payPalNotifications } from '../../../../src/paypal/notifications.ts';
import { eventsJob } from '../../../../src/reconciliation/jobs/events.ts';
import { jobRunAt } from '../../../support/builders/job-runs.ts';
import { eventsInMemory, openGate } from '../../../support/in-memory/tables.ts';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const COUNT = 1000;

/** Changes the page's link to the next one, or throws. */
type Trouble = (page: number, next: string) => unknown;

/**
 * The job over a list of a thousand events, none of which was delivered, three a minute. PayPal's wire: links are as in
 * PayPal's reference.
 */
function listOfThousand({
  pageSize = 100,
  trouble = (_, next) => next,
}: {
  pageSize?: number;
  trouble?: Trouble;
} = {}) {
  const listed = Array.from({ length: COUNT }, (_, i) => ({
    id: `WH-${i}`,
    event_type: 'CHECKOUT.ORDER.APPROVED',
    create_time: new Date(NOW.getTime() - 600_000 - Math.floor(i / 3) * 60_000).toISOString(),
    resource: { id: `ORDER${i}`, status: 'APPROVED' },
  }));
  const events = eventsInMemory(openGate);
  const failures: string[] = [];
  let pages = 0;
  const { listEvents, getEvent } = payPalNotifications(async ({ path, read }) => {
    const { pathname, searchParams } = new URL(path, 'https://api-m.paypal.com');
    const id = pathname.split('/')[4];
    if (id) return { value: read(listed.find((event) => event.id === id)) };
    pages += 1;
    const range = ['start_time', 'end_time'].map((name) => Date.parse(searchParams.get(name) ?? ''));
    const [from = 0, to = 0] = range;
    const matching = listed.filter(
      ({ create_time }) => from <= Date.parse(create_time) && Date.parse(create_time) <= to,
    );
    const after = searchParams.get('index_id');
    const start = after ? matching.findIndex((event) => event.id === after) + 1 : 0;
    const page = matching.slice(start, start + pageSize);
    const href =
      `https://api-m.sandbox.paypal.com/v1/notifications/webhooks-events/?${searchParams}`.replace(/&move_to.*/, '') +
      `&move_to=next&index_time=${page.at(-1)?.create_time}&index_id=${page.at(-1)?.id}`;
    const next = start + pageSize < matching.length ? trouble(pages, href) : undefined;
    return { value: read({ events: page, count: page.length, links: next ? [{ rel: 'next', href: next }] : [] }) };
  });
  const job = eventsJob({
    events: events.repository,
    listEvents,
    getEvent,
    once: (_, work) => work(),
    processEvent: async () => ({ status: 'ignored' }),
    now: () => NOW,
    dueAfterSeconds: 120,
  });
  return {
    failures,
    stored: () => events.rows.size,
    pages: () => pages,
    run: async (cursor?: string) =>
      job(jobRunAt(NOW, { now: () => NOW, cursor, onError: (item) => void failures.push(item) })),
  };
}

const COMPARED = JSON.stringify({ compared_until: '2026-06-01T11:58:00.000Z' });
const unavailable = () => {
  throw new PayPalUnavailable('server-error', { operation: 'listEvents' });
};

describe('eventsJob with a thousand missed events', () => {
  it.each([
    [100, 10],
    // PayPal documents a default of 10, and no maximum.
    [10, 100],
  ])('reads pages of %i to the end', async (pageSize, pages) => {
    const list = listOfThousand({ pageSize });

    const { cursor } = await list.run();

    expect([list.stored(), list.pages(), list.failures]).toEqual([COUNT, pages, []]);
    expect(cursor).toBe(COMPARED);
  });

  it.each<[string, Trouble]>([
    ['leads elsewhere', (page, next) => (page === 7 ? 'https://evil.example/v1/oauth2/token?a=1' : next)],
    ['is null', (page, next) => (page === 7 ? { href: null } : next)],
    [
      'leads to the same page',
      (page, next) => (page === 7 || page === 8 ? `${next}`.replace(/WH-\d+$/, 'WH-599') : next),
    ],
  ])('reads all of them when the link on page 7 %s, and reports it', async (_, trouble) => {
    const list = listOfThousand({ trouble });

    const { cursor, figures } = await list.run();

    expect(list.stored()).toBe(COUNT);
    expect(list.failures).toEqual(['list of events']);
    expect(figures).toMatchObject({ fetched: COUNT, failed: 1 });
    expect(cursor).toBe(COMPARED);
  });

  it('keeps the first six pages when the seventh fails, and continues there in the next run', async () => {
    let isBroken = true;
    const list = listOfThousand({ trouble: (page, next) => (page === 7 && isBroken ? unavailable() : next) });

    const { cursor, figures } = await list.run();

    expect(list.stored()).toBe(600);
    expect(figures).toMatchObject({ fetched: 600, failed: 1 });
    expect(list.failures).toEqual(['list of events']);
    expect(JSON.parse(cursor ?? '').rest).toMatchObject({ until: '2026-06-01T11:58:00.000Z' });

    isBroken = false;
    const second = await list.run(cursor);

    expect(second.figures).toMatchObject({ fetched: 400, failed: 0 });
    expect(list.pages()).toBe(7 + 5);
    expect(second.cursor).toBe(COMPARED);
  });

  it('throws when its first page fails, so that the run counts as failed and starts there again', async () => {
    const list = listOfThousand({ trouble: unavailable });

    await expect(list.run()).rejects.toThrow(PayPalUnavailable);
  });

  it('pauses when a page without a usable link is all of one time', async () => {
    const list = listOfThousand({ pageSize: 2, trouble: () => 'nowhere' });

    const { cursor } = await list.run();

    expect(list.pages()).toBeLessThan(COUNT);
    expect(JSON.parse(cursor ?? '')).toHaveProperty('rest');
  });
});
