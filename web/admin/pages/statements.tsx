import { Button, EmptyState, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { INVARIANTS } from '../../../src/consistency/checks/violation.ts';
import type { Statements } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { FilterForm } from '../components/filter-form.tsx';
import { Money } from '../components/money.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { Time } from '../components/time.tsx';
import { saveFile } from '../save-file.ts';

export function StatementsPage() {
  const [search, setSearch] = useSearchParams();
  const [from, to] = [search.get('from') ?? '', search.get('to') ?? ''];
  const filter = { from, to };
  const statements = useQuery(api.statements(filter));
  const download = useMutation({
    mutationFn: async () => saveFile('statements.csv', await api.statementsCsv(filter)),
  });
  return (
    <Page
      title="Statements"
      description={
        <>
          Transactions of this shop at PayPal, by UTC day.{' '}
          <PageLink to={`/consistency?invariant=${INVARIANTS.ledger_matches_paypal.number}`}>
            Differences from the payments
          </PageLink>{' '}
          are findings.
        </>
      }
      actions={
        <Button variant="default" loading={download.isPending} onClick={() => download.mutate()}>
          Download CSV
        </Button>
      }
    >
      <FilterForm
        active={Boolean(from || to)}
        onApply={(field) => {
          const fields = ['from', 'to'].map((name) => [name, field(name)]);
          setSearch(Object.fromEntries(fields.filter(([, value]) => value)));
        }}
      >
        <TextInput type="date" label="From" name="from" defaultValue={from} />
        <TextInput type="date" label="To" name="to" defaultValue={to} />
      </FilterForm>
      {download.isError && <Problem error={download.error} retry={() => download.mutate()} />}
      <QueryResult query={statements}>{(data) => <StatementRows {...data} />}</QueryResult>
    </Page>
  );
}

const StatementRows = ({ statements, read_until }: Statements) => (
  <>
    <Note size="sm">
      {read_until ? (
        <>
          PayPal’s ledger was read up to <Time at={read_until} />.
        </>
      ) : (
        'PayPal’s ledger has not been read yet.'
      )}
    </Note>
    {statements.length === 0 ? (
      <EmptyState title="No transactions" description="A day appears some hours after its end." />
    ) : (
      <DataTable
        caption="Statements"
        rows={statements}
        keyOf={({ day, currency }) => `${day} ${currency}`}
        columns={[
          [
            'Day',
            ({ day, complete }) => (
              <>
                {day}
                {!complete && <Note>Incomplete</Note>}
              </>
            ),
          ],
          ['Gross', ({ gross }) => <Money value={gross} />],
          ['Refunds', ({ refunds }) => <Money value={refunds} />],
          ['Reversals', ({ reversals }) => <Money value={reversals} />],
          ['Fees', ({ fees }) => <Money value={fees} />],
          ['Net', ({ net }) => <Money value={net} />],
          ['Transactions', ({ count }) => count],
        ]}
      />
    )}
  </>
);
