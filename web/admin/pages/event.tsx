import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Execution } from '../../api/schema.ts';
import * as api from '../api.ts';
import { DataTable } from '../components/data-table.tsx';
import { DescriptionList } from '../components/description-list.tsx';
import { Id } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { ReplayResult } from '../components/replay-result.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';

/** One event of PayPal's: what it said, and what followed. */
export function EventPage({ id }: { id: string }) {
  const event = useQuery(api.event(id));
  return (
    <Page
      title={event.data?.event_type ?? 'Webhook event'}
      about={<Id value={id} plain />}
      actions={
        event.data?.body && (
          <ReasonDialog
            action="Replay"
            title="Replay the event"
            preview={{
              ask: () => api.previewReplay(id),
              tell: (preview) => <ReplayResult of={preview} />,
            }}
            act={(reason) => api.replay(id, reason)}
            tell={(done) => <ReplayResult of={done} />}
          >
            The event goes the same way again as when it came. What is settled is not settled twice.
          </ReasonDialog>
        )
      }
    >
      <QueryResult query={event}>
        {(known) => (
          <>
            <Section title="What became of it">
              <DescriptionList
                of={{
                  Status: (
                    <>
                      <StatusBadge status={known.status} /> {known.reason?.replaceAll('_', ' ')}
                    </>
                  ),
                  Payment: known.payment_id ? <Id value={known.payment_id} /> : 'not known',
                  Received: <Time at={known.received_at} />,
                  Finished: known.finished_at ? <Time at={known.finished_at} /> : 'not yet',
                  Deliveries: (
                    <>
                      {known.deliveries || 'none: it was found in PayPal’s list'}
                      {known.deliveries > 1 && (
                        <>
                          , the last <Time at={known.last_received_at} />
                        </>
                      )}
                    </>
                  ),
                  ...(known.replayed_at.length > 0 && {
                    Replayed: (
                      <ul>
                        {known.replayed_at.map((at) => (
                          <li key={at}>
                            <Time at={at} />
                          </li>
                        ))}
                      </ul>
                    ),
                  }),
                  'PayPal’s transmissions': (
                    <ul>
                      {known.transmissions.map((transmission) => (
                        <li key={transmission}>
                          <Id value={transmission} plain />
                        </li>
                      ))}
                    </ul>
                  ),
                }}
              />
            </Section>
            <Section title="Timeline">
              <Timeline moments={known.timeline} />
            </Section>
            {known.executions.length > 0 && (
              <Section title="Settlements">
                <ExecutionRows executions={known.executions} />
              </Section>
            )}
            <Body text={known.body} />
          </>
        )}
      </QueryResult>
    </Page>
  );
}

/** The body as it came. It is whatever the sender wrote, so it is shown as text and never as markup. */
function Body({ text }: { text: string | null }) {
  const [form, setForm] = useState('laid out');
  if (text === null)
    return (
      <Section title="Body">What the event said was erased, as it told of a person. That it came, is kept.</Section>
    );
  return (
    <Section
      title="Body"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="How the body is shown"
          data={['laid out', 'as it came']}
          value={form}
          onChange={setForm}
        />
      }
    >
      <pre className="body">{form === 'laid out' ? laidOut(text) : text}</pre>
    </Section>
  );
}

/** JSON with line breaks; whatever else it may be, as it is. */
function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** Runs of the settlement workflow. */
export const ExecutionRows = ({ executions }: { executions: readonly Execution[] }) => (
  <DataTable
    caption="Runs of the settlement workflow"
    rows={executions}
    keyOf={({ name }) => name}
    columns={[
      [
        'Settlement',
        ({ settlement, name }) => (
          <>
            {settlement}
            <div className="small">
              <Id value={name} plain />
            </div>
          </>
        ),
      ],
      [
        'Status',
        ({ status, redrives }) => (
          <>
            <StatusBadge status={status} />
            {redrives > 0 && <div className="small">redriven {redrives} times</div>}
          </>
        ),
      ],
      ['Started', ({ started_at }) => <Time at={started_at} />],
      ['Ended', ({ stopped_at }) => <Time at={stopped_at} />],
    ]}
  />
);
