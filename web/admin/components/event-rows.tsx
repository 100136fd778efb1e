import { pathSegmentOf } from '../../../src/shared/path-segment.ts';
import type { WebhookEvent } from '../../api/schema.ts';
import { formatCode, formatTimes } from '../format.ts';
import { BreakAfterDots } from './break-after-dots.tsx';
import { DataTable } from './data-table.tsx';
import { Id } from './id.tsx';
import { Note } from './note.tsx';
import { PageLink } from './page-link.tsx';
import { StatusBadge } from './status-badge.tsx';
import { Time } from './time.tsx';

export const EventRows = ({ events }: { events: readonly WebhookEvent[] }) => (
  <DataTable
    caption="Webhook events"
    rows={events}
    keyOf={({ event_id }) => event_id}
    columns={[
      [
        'Received',
        ({ received_at, deliveries, replayed_at }) => (
          <>
            <Time at={received_at} />
            {deliveries > 1 && <Note>delivered {formatTimes(deliveries)}</Note>}
            {replayed_at.length > 0 && <Note>replayed {formatTimes(replayed_at.length)}</Note>}
          </>
        ),
      ],
      [
        'Event',
        ({ event_id, event_type }) => (
          <>
            <PageLink to={`/events/${pathSegmentOf(event_id)}`}>
              <BreakAfterDots>{event_type}</BreakAfterDots>
            </PageLink>
            <Note>
              <Id value={event_id} plain />
            </Note>
          </>
        ),
      ],
      [
        'Status',
        ({ status, reason }) => (
          <>
            <StatusBadge status={status} />
            {reason && <Note>{formatCode(reason)}</Note>}
          </>
        ),
      ],
      ['Payment', ({ payment_id }) => (payment_id ? <Id value={payment_id} /> : 'Unknown')],
    ]}
  />
);
