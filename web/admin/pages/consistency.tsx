import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { BooksChecked, ConsistencyRun } from '../../api/schema.ts';
import * as api from '../api.ts';
import { FindingRows, RULES } from '../components/finding-rows.tsx';
import { Note } from '../components/note.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { Time } from '../components/time.tsx';
import { formatCode, formatCount } from '../format.ts';
import classes from './consistency.module.css';

export function ConsistencyPage() {
  const [search, setSearch] = useSearchParams();
  const invariant = search.get('invariant') ?? '';
  const findings = useInfiniteQuery(api.consistency(invariant));
  return (
    <Page
      title="Findings"
      description="Data that violates an invariant. Findings that have been resolved are closed by the next check."
      actions={
        <ReasonDialog
          action="Run check"
          title="Consistency check"
          onConfirm={api.runConsistencyCheck}
          renderResult={formatCheckResult}
        >
          Checks all {Object.keys(RULES).length} invariants. This takes up to 20 seconds and changes only this list.
        </ReasonDialog>
      }
    >
      <NativeSelect
        className={classes.filter}
        size="xs"
        label="Invariant"
        value={invariant}
        onChange={(change) => {
          const { value } = change.currentTarget;
          setSearch(value ? { invariant: value } : {});
        }}
      >
        <option value="">All</option>
        {Object.entries(RULES).map(([number, rule]) => (
          <option key={number} value={number}>
            {number}: {rule}
          </option>
        ))}
      </NativeSelect>
      {findings.data && (
        <Note size="sm">
          <LastRun run={findings.data.pages[0]?.last_run ?? null} />
        </Note>
      )}
      <PaginatedList
        query={findings}
        rowsOf={(page) => page.findings}
        empty={{
          title: 'No findings',
          next: invariant ? 'No known violation of this invariant.' : 'Everything checked so far is consistent.',
        }}
      >
        {(rows) => <FindingRows findings={rows} />}
      </PaginatedList>
    </Page>
  );
}

const formatCheckResult = ({ checked, findings, finished }: BooksChecked): string =>
  `${formatCount(checked, 'record')} checked, ${formatCount(findings, 'open finding')}. ` +
  (finished ? 'The check is complete.' : 'The time limit was reached: run the check again to continue.');

function LastRun({ run }: { run: ConsistencyRun | null }) {
  if (!run) return 'Not checked yet.';
  if (!run.finished_at)
    return (
      <>
        First check in progress since <Time at={run.started_at} />.
      </>
    );
  // `payments.captured` and the like are on the overview.
  const figures = Object.entries(run.figures).filter(([name]) => !name.includes('.'));
  return (
    <>
      Last checked <Time at={run.finished_at} />
      {figures.length > 0 && `: ${figures.map(([name, figure]) => `${figure} ${formatCode(name)}`).join(', ')}`}.
    </>
  );
}
