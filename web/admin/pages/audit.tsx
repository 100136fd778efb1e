import { TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { Money } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { FilterForm } from '../components/filter-form.tsx';
import { Id } from '../components/id.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { Time } from '../components/time.tsx';
import { formatCode } from '../format.ts';

export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const who = search.get('who') ?? '';
  const target = search.get('target') ?? '';
  const filtered = Boolean(who || target);
  const entries = useInfiniteQuery(api.audit({ who, target }));
  return (
    <Page title="Audit log" description="All operator actions, newest first.">
      <FilterForm
        active={filtered}
        onApply={(field) => {
          const fields = ['who', 'target'].map((name) => [name, field(name)]);
          setSearch(Object.fromEntries(fields.filter(([, value]) => value)));
        }}
      >
        <TextInput label="Operator" name="who" defaultValue={who} autoComplete="off" spellCheck={false} />
        <TextInput label="Target id" name="target" defaultValue={target} autoComplete="off" spellCheck={false} />
      </FilterForm>
      <PaginatedList
        query={entries}
        rowsOf={(page) => page.entries}
        empty={
          filtered
            ? { title: 'No matching entries', next: 'Try other filters, or clear them.' }
            : { title: 'No entries yet', next: 'Refunds, retries and other operator actions appear here.' }
        }
      >
        {(rows) => (
          <DataTable
            caption="Audit log"
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              ['Time', ({ at }) => <Time at={at} />],
              ['Operator', (entry) => entry.who],
              [
                'Action',
                ({ what, details }) => (
                  <>
                    {formatCode(what)}
                    {Object.keys(details).length > 0 && <Note>{formatDetails(details)}</Note>}
                  </>
                ),
              ],
              ['Target', (entry) => <Id value={entry.target} />],
              ['Reason', ({ why }) => why],
            ]}
          />
        )}
      </PaginatedList>
    </Page>
  );
}

const formatDetails = (details: Readonly<Record<string, unknown>>): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}: ${isMoney(value) ? formatMoney(value) : asText(value)}`)
    .join(', ');

const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' && value !== null && 'currency_code' in value && 'value' in value;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
