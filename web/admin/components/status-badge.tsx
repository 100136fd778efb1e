import { formatCode } from '../format.ts';
import classes from './status-badge.module.css';

const TONES = {
  // Payments, sessions, reservations and orders.
  created: 'busy',
  approved: 'busy',
  capture_pending: 'busy',
  captured: 'good',
  partially_refunded: 'calm',
  refunded: 'calm',
  reversed: 'bad',
  review: 'warning',
  cancelled: 'calm',
  expired: 'calm',
  open: 'busy',
  payment_pending: 'busy',
  payment_completed: 'good',
  payment_failed: 'calm',
  held: 'busy',
  committed: 'good',
  released: 'calm',
  returned: 'calm',
  confirmed: 'good',
  shipped: 'good',
  // Webhook events.
  received: 'busy',
  accepted: 'good',
  ignored: 'calm',
  parked: 'warning',
  // Step Functions executions.
  RUNNING: 'busy',
  PENDING_REDRIVE: 'busy',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'bad',
  ABORTED: 'bad',
  // Health checks.
  ok: 'good',
  attention: 'warning',
  failing: 'bad',
} as const satisfies Readonly<Record<string, string>>;

const isKnown = (status: string): status is keyof typeof TONES => status in TONES;

/** Statuses that read better with a verb. */
const LABELS: Readonly<Record<string, string>> = { review: 'needs review', attention: 'needs attention' };

export const StatusBadge = ({ status }: { status: string }) => (
  <span className={classes.badge} data-tone={isKnown(status) ? TONES[status] : 'calm'}>
    {LABELS[status] ?? formatCode(status)}
  </span>
);
