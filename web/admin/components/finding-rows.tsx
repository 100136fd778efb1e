import { INVARIANTS } from '../../../src/consistency/checks/violation.ts';
import type { Finding } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from './data-table.tsx';
import { TextWithIds } from './id.tsx';
import { Note } from './note.tsx';
import { ReasonDialog } from './reason-dialog.tsx';
import { Time } from './time.tsx';

/** The rule of each invariant, by number. */
export const RULES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.values(INVARIANTS).map(({ number, rule }) => [number, rule]),
);

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
              <Note>
                <TextWithIds>{subject}</TextWithIds>
              </Note>
            )}
          </>
        ),
      ],
      [
        'Invariant',
        ({ invariant }) => (
          <>
            {invariant}
            <Note>{RULES[invariant]}</Note>
          </>
        ),
      ],
      ['First seen', ({ first_seen }) => <Time at={first_seen} />],
      ['Last seen', ({ last_seen }) => <Time at={last_seen} />],
      ['Action', (finding) => (finding.repair ? <RepairDialog finding={finding} /> : 'Manual review required')],
    ]}
  />
);

const RepairDialog = ({ finding: { finding_id, what, repair } }: { finding: Finding }) => (
  <ReasonDialog
    action={repair?.kind === 'refund_capture' ? 'Refund the second capture' : 'Repair'}
    title={what}
    size="xs"
    destructive={repair?.kind === 'refund_capture'}
    preview={{
      load: () => api.previewRepair(finding_id),
      render: (preview) => <TextWithIds>{preview.what}</TextWithIds>,
      isActionable: ({ outcome }) => outcome === 'would_repair',
    }}
    onConfirm={(reason) => api.repair(finding_id, reason)}
    renderResult={(repaired) =>
      repaired.outcome === 'repaired' ? (
        <>
          <strong>Repaired, or repair in progress:</strong> <TextWithIds>{repaired.what}</TextWithIds>. The next check
          closes the finding if the repair succeeded.
        </>
      ) : (
        repaired.what
      )
    }
  >
    {repair?.kind === 'refund_capture'
      ? 'PayPal captured the order more than once. This refunds the further capture in full; the payment and its ' +
        'order keep theirs. Repeating it doesn’t refund twice.'
      : 'Repairs use the same operations as regular processing: run a settlement, refund, release or correct stock. ' +
        'They never bypass its checks.'}
  </ReasonDialog>
);
