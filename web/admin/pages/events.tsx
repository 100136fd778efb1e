import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import type { EventStatus, WebhookEvent } from '../../api/schema.ts';
import * as api from '../api.ts';
import { BreakAfterDots } from '../components/break-after-dots.tsx';
import { DataTable } from '../components/data-table.tsx';
import { Id } from '../components/id.tsx';
import { IdSearch } from '../components/id-search.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { localInput, localTime } from '../format.ts';

const STATUSES: readonly EventStatus[] = ['received', 'accepted', 'ignored', 'parked'];
const isStatus = (text: string | null): text is EventStatus => STATUSES.some((status) => status === text);

/** What an address narrows the list down to; what nobody understands does not count. */
function filterIn(search: URLSearchParams): api.ManyEvents {
  const status = search.get('status');
  const isTime = (name: string) => !Number.isNaN(Date.parse(search.get(name) ?? ''));
  const others = (['type', 'payment_id', 'from', 'to'] as const)
    .filter((name) => !(name in TIMES) || isTime(name))
    .map((name) => [name, search.get(name)]);
  return {
    ...(isStatus(status) && { status }),
    ...Object.fromEntries(others.filter(([, value]) => value)),
  };
}

/** What PayPal sent, narrowed down by what stands in the address. */
export function EventsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterIn(search);
  const events = useInfiniteQuery(api.events(filter));
  const narrowTo = (next: Readonly<Record<string, string>>) =>
    setSearch(Object.fromEntries(Object.entries({ ...filter, ...next }).filter(([, value]) => value)));
  return (
    <Page
      title="Webhook events"
      about="Everything that PayPal sent, newest first; kept for 90 days."
      actions={<ReplayManyDialog filter={filter} />}
    >
      <div className="filters">
        <IdSearch
          label="Events of a payment, order or PayPal id"
          onPayment={(payment_id) => narrowTo({ payment_id })}
        />
        <form
          className="filters"
          key={search.toString()}
          onSubmit={(submitted) => {
            submitted.preventDefault();
            const form = new FormData(submitted.currentTarget);
            const text = (name: string) => String(form.get(name)).trim();
            const time = (name: string) => text(name) && new Date(text(name)).toISOString();
            narrowTo({ status: text('status'), type: text('type'), from: time('from'), to: time('to') });
          }}
        >
          <NativeSelect size="xs" label="Status" name="status" defaultValue={filter.status ?? ''}>
            <option value="">any</option>
            {STATUSES.map((status) => (
              <option key={status}>{status}</option>
            ))}
          </NativeSelect>
          <TextInput
            size="xs"
            label="Type"
            name="type"
            list="types"
            defaultValue={filter.type ?? ''}
            placeholder="any"
          />
          <datalist id="types">
            {SUBSCRIBED_EVENT_TYPES.map((type) => (
              <option key={type} value={type} />
            ))}
          </datalist>
          <TextInput size="xs" type="datetime-local" label="From" name="from" defaultValue={localInput(filter.from)} />
          <TextInput size="xs" type="datetime-local" label="To" name="to" defaultValue={localInput(filter.to)} />
          <Group gap="xs">
            <Button size="xs" type="submit" variant="default">
              Filter
            </Button>
            {search.size > 0 && (
              <Button size="xs" variant="subtle" onClick={() => setSearch({})}>
                Show all
              </Button>
            )}
          </Group>
        </form>
      </div>
      {filter.payment_id && (
        <p className="about">
          Only those of <Id value={filter.payment_id} />
        </p>
      )}
      <PaginatedList
        query={events}
        rowsOf={(page) => page.events}
        empty={
          search.size > 0
            ? { title: 'No such events', next: 'Choose other filters, or show all.' }
            : {
                title: 'PayPal has sent nothing yet',
                next: 'Once somebody pays, events come. If they do not, see Health: the webhook may not be registered.',
              }
        }
      >
        {(rows) => <EventRows caption="Webhook events" events={rows} />}
      </PaginatedList>
    </Page>
  );
}

/** Events, one to a row. */
export const EventRows = ({ caption, events }: { caption: string; events: readonly WebhookEvent[] }) => (
  <DataTable
    caption={caption}
    rows={events}
    keyOf={({ event_id }) => event_id}
    columns={[
      [
        'Received',
        ({ received_at, deliveries, replayed_at }) => (
          <>
            <Time at={received_at} />
            {deliveries > 1 && <div className="small">came {deliveries} times</div>}
            {replayed_at.length > 0 && <div className="small">replayed {replayed_at.length} times</div>}
          </>
        ),
      ],
      [
        'Event',
        ({ event_id, event_type }) => (
          <>
            <PageLink to={`/events/${event_id}`}>
              <BreakAfterDots>{event_type}</BreakAfterDots>
            </PageLink>
            <div className="small">
              <Id value={event_id} plain />
            </div>
          </>
        ),
      ],
      [
        'Status',
        ({ status, reason }) => (
          <>
            <StatusBadge status={status} />
            {reason && <div className="small">{reason.replaceAll('_', ' ')}</div>}
          </>
        ),
      ],
      ['Payment', ({ payment_id }) => (payment_id ? <Id value={payment_id} /> : 'not known')],
    ]}
  />
);

/** The dialog that replays all events that are listed, once it is said which. */
function ReplayManyDialog({ filter }: { filter: api.ManyEvents }) {
  const [replayed, setReplayed] = useState<number>();
  if (Object.keys(filter).length === 0) return <span className="small">To replay many, filter first.</span>;
  return (
    <ReasonDialog
      action="Replay all"
      title="Replay what is listed"
      preview={{
        ask: () => api.countReplays(filter),
        tell: ({ matching, more }) => (
          <strong>
            {matching}
            {more && ' or more'} {matching === 1 ? 'event' : 'events'} would be replayed.
          </strong>
        ),
        worthwhile: ({ matching }) => matching > 0,
      }}
      act={(reason) => api.replayMany(filter, reason, setReplayed).finally(() => setReplayed(undefined))}
      tell={(done) => <ReplayedAllInWords of={done} />}
    >
      Every event of {filterInWords(filter)} goes the same way again as when it came. What was settled before is not
      settled twice.
      {replayed !== undefined && <p role="status">{replayed} replayed so far…</p>}
    </ReasonDialog>
  );
}

const filterInWords = (filter: api.ManyEvents): string =>
  Object.entries(filter)
    .map(([name, value]) => `${name.replace('_id', '')} ${name in TIMES ? localTime(value) : value}`)
    .join(', ');

const TIMES = { from: true, to: true };

const ReplayedAllInWords = ({ of: { replayed, changed, erased, failed, complete } }: { of: api.ReplayedAll }) => (
  <>
    <p>
      <strong>{replayed} replayed</strong>, of which {changed} changed something.
    </p>
    {erased.length > 0 && <p>{erased.length} could not be: what they said was erased.</p>}
    {failed.length > 0 && (
      <>
        <p>
          {complete
            ? 'These met trouble:'
            : 'These met trouble, so the rest was left alone. Replay again once it is over:'}
        </p>
        <ul className="results">
          {failed.map(({ event_id, error }) => (
            <li key={event_id}>
              <Id value={event_id} /> {error}
            </li>
          ))}
        </ul>
      </>
    )}
  </>
);
