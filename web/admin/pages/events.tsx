import { NativeSelect, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { SUBSCRIBED_EVENT_TYPES } from '../../../src/paypal-webhook/event-types.ts';
import type { EventStatus } from '../../api/schema.ts';
import * as api from '../api.ts';
import { EventRows } from '../components/event-rows.tsx';
import { FilterBar, FilterForm } from '../components/filter-form.tsx';
import { Id } from '../components/id.tsx';
import { IdSearch } from '../components/id-search.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { ReplayManyDialog } from '../components/replay-many-dialog.tsx';
import { localInput } from '../format.ts';

const STATUSES: readonly EventStatus[] = ['received', 'accepted', 'ignored', 'parked'];
const isStatus = (text: string | null): text is EventStatus => STATUSES.some((status) => status === text);
const isTime = (text: string): boolean => !Number.isNaN(Date.parse(text));

/** The filter in the query string; invalid values are ignored. */
function filterIn(search: URLSearchParams): api.EventFilter {
  const status = search.get('status');
  const text = (['type', 'payment_id'] as const).map((name) => [name, search.get(name)] as const);
  const times = (['from', 'to'] as const).map((name) => [name, search.get(name)] as const);
  return {
    ...(isStatus(status) && { status }),
    ...Object.fromEntries(text.filter(([, value]) => value)),
    ...Object.fromEntries(times.filter(([, value]) => value && isTime(value))),
  };
}

export function EventsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterIn(search);
  const events = useInfiniteQuery(api.events(filter));
  const narrow = (change: Readonly<Record<string, string>>) =>
    setSearch(Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)));
  return (
    <Page
      title="Webhook events"
      description="All events from PayPal, newest first. Events are kept for 90 days."
      actions={<ReplayManyDialog filter={filter} />}
    >
      <FilterBar>
        <IdSearch label="Events of a payment, order or PayPal id" onPayment={(payment_id) => narrow({ payment_id })} />
        <FilterForm
          size="xs"
          active={search.size > 0}
          onApply={(field) => {
            const time = (name: string) => field(name) && new Date(field(name)).toISOString();
            narrow({ status: field('status'), type: field('type'), from: time('from'), to: time('to') });
          }}
        >
          <NativeSelect size="xs" label="Status" name="status" defaultValue={filter.status ?? ''}>
            <option value="">Any</option>
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
            placeholder="Any"
          />
          <datalist id="types">
            {SUBSCRIBED_EVENT_TYPES.map((type) => (
              <option key={type} value={type} />
            ))}
          </datalist>
          <TextInput size="xs" type="datetime-local" label="From" name="from" defaultValue={localInput(filter.from)} />
          <TextInput size="xs" type="datetime-local" label="To" name="to" defaultValue={localInput(filter.to)} />
        </FilterForm>
      </FilterBar>
      {filter.payment_id && (
        <Note size="sm">
          Showing events of <Id value={filter.payment_id} />
        </Note>
      )}
      <PaginatedList
        query={events}
        rowsOf={(page) => page.events}
        empty={
          search.size > 0
            ? { title: 'No matching events', next: 'Try other filters, or clear them.' }
            : {
                title: 'No events yet',
                next:
                  'PayPal sends events when a buyer pays. If none arrive, check Health: the webhook may not be ' +
                  'registered.',
              }
        }
      >
        {(rows) => <EventRows events={rows} />}
      </PaginatedList>
    </Page>
  );
}
