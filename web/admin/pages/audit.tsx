import { Button, Group, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { Money } from '../../api/schema.ts';
import { formatMoney } from '../../page/format-money.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { Id } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { Time } from '../components/time.tsx';

/** Who did what, when and why. */
export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const who = search.get('who') ?? '';
  const target = search.get('target') ?? '';
  const entries = useInfiniteQuery(api.audit({ who, target }));
  return (
    <Page title="Audit" about="Everything that operators did, newest first.">
      <form
        className="filters"
        // A new address, a new form: so it says what the list is narrowed down to.
        key={search.toString()}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          const form = new FormData(submitted.currentTarget);
          const given = ['who', 'target'].map((name) => [name, String(form.get(name)).trim()]);
          setSearch(Object.fromEntries(given.filter(([, value]) => value)));
        }}
      >
        <TextInput label="Operator" name="who" defaultValue={who} autoComplete="off" spellCheck={false} />
        <TextInput label="Done to (id)" name="target" defaultValue={target} autoComplete="off" spellCheck={false} />
        <Group gap="xs">
          <Button type="submit" variant="default">
            Filter
          </Button>
          {(who || target) && (
            <Button variant="subtle" onClick={() => setSearch({})}>
              Show all
            </Button>
          )}
        </Group>
      </form>
      <PaginatedList
        query={entries}
        rowsOf={(page) => page.entries}
        empty={{
          title: 'Nothing was done',
          next: who || target ? 'Try other words, or show all.' : 'What operators do here will be listed.',
        }}
      >
        {(rows) => (
          <DataTable
            caption="Audit entries"
            rows={rows}
            keyOf={({ id }) => id}
            columns={[
              ['When', ({ at }) => <Time at={at} />],
              ['Who', (entry) => entry.who],
              [
                'What',
                ({ what, details }) => (
                  <>
                    {what.replaceAll('_', ' ')}
                    {Object.keys(details).length > 0 && <div className="small">{inWords(details)}</div>}
                  </>
                ),
              ],
              ['Done to', (entry) => <Id value={entry.target} />],
              ['Why', ({ why }) => why],
            ]}
          />
        )}
      </PaginatedList>
    </Page>
  );
}

const inWords = (details: Readonly<Record<string, unknown>>): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}: ${isMoney(value) ? formatMoney(value) : asText(value)}`)
    .join(', ');

const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' && value !== null && 'currency_code' in value && 'value' in value;

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
