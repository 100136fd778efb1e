import { NativeSelect } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { INVARIANTS } from '../../../src/consistency/checks/violation.ts';
import type { BooksChecked, ConsistencyRun, Finding } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { TextWithIds } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { PaginatedList } from '../components/paginated-list.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { Time } from '../components/time.tsx';

const RULES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.values(INVARIANTS).map(({ number, rule }) => [number, rule]),
);

/** What is broken in the books, and how it is mended. */
export function ConsistencyPage() {
  const [search, setSearch] = useSearchParams();
  const invariant = search.get('invariant') ?? '';
  const books = useInfiniteQuery(api.consistency(invariant));
  return (
    <Page
      title="Findings"
      about="Where the books do not add up. What was mended, by whomever, leaves the list at the next check."
      actions={
        <ReasonDialog action="Check now" title="Check the books" act={api.checkBooks} tell={checkedInWords}>
          All ten rules are looked at. It takes up to 20 seconds, and changes nothing but this list.
        </ReasonDialog>
      }
    >
      <NativeSelect
        className="filter"
        size="xs"
        label="Rule"
        value={invariant}
        onChange={(change) => {
          const { value } = change.currentTarget;
          setSearch(value ? { invariant: value } : {});
        }}
      >
        <option value="">all</option>
        {Object.entries(RULES).map(([number, rule]) => (
          <option key={number} value={number}>
            {number}: {rule}
          </option>
        ))}
      </NativeSelect>
      {books.data && (
        <p className="about">
          <RunInWords run={books.data.pages[0]?.last_run ?? null} />
        </p>
      )}
      <PaginatedList
        query={books}
        rowsOf={(page) => page.findings}
        empty={{
          title: 'The books add up',
          next: invariant ? 'Nothing breaks this rule.' : 'Nothing breaks any rule, as far as was checked.',
        }}
      >
        {(rows) => <FindingRows findings={rows} />}
      </PaginatedList>
    </Page>
  );
}

/** Findings, each with what would mend it. */
export const FindingRows = ({ findings }: { findings: readonly Finding[] }) => (
  <DataTable
    caption="Findings"
    rows={findings}
    keyOf={({ finding_id }) => finding_id}
    columns={[
      [
        'Finding',
        ({ what, subject }) => (
          <>
            <TextWithIds>{what}</TextWithIds>
            {!what.includes(subject) && (
              <div className="small">
                <TextWithIds>{subject}</TextWithIds>
              </div>
            )}
          </>
        ),
      ],
      [
        'Rule',
        ({ invariant }) => (
          <>
            {invariant}
            <div className="small">{RULES[invariant]}</div>
          </>
        ),
      ],
      ['First seen', ({ first_seen }) => <Time at={first_seen} />],
      ['Last seen', ({ last_seen }) => <Time at={last_seen} />],
      [
        'To do',
        ({ finding_id, what, repair }) =>
          repair ? (
            <ReasonDialog
              action="Repair"
              title={what}
              size="xs"
              preview={{
                ask: () => api.previewRepair(finding_id),
                tell: (preview) => <TextWithIds>{preview.what}</TextWithIds>,
                worthwhile: ({ outcome }) => outcome === 'would_repair',
              }}
              act={(reason) => api.repair(finding_id, reason)}
              tell={({ outcome, what: did }) =>
                outcome === 'repaired' ? (
                  <>
                    <strong>Done, or under way:</strong> <TextWithIds>{did}</TextWithIds>. The next check closes the
                    finding, if it helped.
                  </>
                ) : (
                  did
                )
              }
            >
              It is mended by the ordinary ways of settling, refunding, releasing and stocktaking, never straight in a
              table.
            </ReasonDialog>
          ) : (
            'A person decides'
          ),
      ],
    ]}
  />
);

const checkedInWords = ({ checked, findings, finished }: BooksChecked): string =>
  `${checked} looked at, ${findings} ${findings === 1 ? 'finding holds' : 'findings hold'}. ` +
  (finished ? 'That was all of the books.' : 'There was no time for all of the books: check again to go on from here.');

/** When the books were checked last, and what was looked at. */
function RunInWords({ run }: { run: ConsistencyRun | null }) {
  if (!run) return 'The books have not been checked yet.';
  if (!run.finished_at)
    return (
      <>
        Being checked for the first time, since <Time at={run.started_at} />.
      </>
    );
  // `payments.captured` and the like are on the overview.
  const figures = Object.entries(run.figures).filter(([name]) => !name.includes('.'));
  return (
    <>
      Checked last <Time at={run.finished_at} />
      {figures.length > 0 &&
        `: ${figures.map(([name, figure]) => `${figure} ${name.replaceAll('_', ' ')}`).join(', ')}`}
      .
    </>
  );
}
