import { SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import * as api from '../api.ts';
import { DescriptionList } from '../components/description-list.tsx';
import { ExecutionRows } from '../components/execution-rows.tsx';
import { Id } from '../components/id.tsx';
import { Page } from '../components/page.tsx';
import { QueryResult } from '../components/query-result.tsx';
import { ReasonDialog } from '../components/reason-dialog.tsx';
import { ReplayResult } from '../components/replay-result.tsx';
import { Section } from '../components/section.tsx';
import { StatusBadge } from '../components/status-badge.tsx';
import { Time } from '../components/time.tsx';
import { Timeline } from '../components/timeline.tsx';
import { formatCode } from '../format.ts';
import classes from './event.module.css';

export function EventPage({ id }: { id: string }) {
  const query = useQuery(api.event(id));
  return (
    <Page
      title={query.data?.event_type ?? 'Webhook event'}
      description={<Id value={id} plain />}
      actions={
        query.data?.body && (
          <ReasonDialog
            action="Replay"
            title="Replay event"
            preview={{
              load: () => api.previewReplay(id),
              render: (preview) => <ReplayResult result={preview} />,
            }}
            onConfirm={(reason) => api.replay(id, reason)}
            renderResult={(result) => <ReplayResult result={result} />}
          >
            Processes the event again, as when it was delivered. Changes that were already applied are not applied
            twice.
          </ReasonDialog>
        )
      }
    >
      <QueryResult query={query}>
        {(event) => (
          <>
            <Section title="Processing">
              <DescriptionList
                items={{
                  Status: (
                    <>
                      <StatusBadge status={event.status} /> {event.reason && formatCode(event.reason)}
                    </>
                  ),
                  Payment: event.payment_id ? <Id value={event.payment_id} /> : 'Unknown',
                  Received: <Time at={event.received_at} />,
                  Finished: event.finished_at ? <Time at={event.finished_at} /> : 'Not yet',
                  Deliveries: (
                    <>
                      {event.deliveries || 'None; found in PayPal’s list of events'}
                      {event.deliveries > 1 && (
                        <>
                          , the last <Time at={event.last_received_at} />
                        </>
                      )}
                    </>
                  ),
                  ...(event.replayed_at.length > 0 && {
                    Replayed: (
                      <ul>
                        {event.replayed_at.map((at) => (
                          <li key={at}>
                            <Time at={at} />
                          </li>
                        ))}
                      </ul>
                    ),
                  }),
                  'PayPal transmissions': (
                    <ul>
                      {event.transmissions.map((transmission) => (
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
              <Timeline entries={event.timeline} />
            </Section>
            {event.executions.length > 0 && (
              <Section title="Settlements">
                <ExecutionRows executions={event.executions} />
              </Section>
            )}
            <Payload text={event.body} />
          </>
        )}
      </QueryResult>
    </Page>
  );
}

/** The raw request body. The sender controls it, so it is rendered as text, never as markup. */
function Payload({ text }: { text: string | null }) {
  const [format, setFormat] = useState('Formatted');
  if (text === null)
    return (
      <Section title="Payload">
        The payload contained personal data and was erased. The record of the event is kept.
      </Section>
    );
  return (
    <Section
      title="Payload"
      aside={
        <SegmentedControl
          size="xs"
          aria-label="Payload format"
          data={['Formatted', 'Raw']}
          value={format}
          onChange={setFormat}
        />
      }
    >
      <pre className={classes.payload}>{format === 'Formatted' ? formatJson(text) : text}</pre>
    </Section>
  );
}

/** Indented JSON; other text unchanged. */
function formatJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
