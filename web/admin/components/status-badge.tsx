/** How good a status is, whatever has it. */
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
  // Executions, by Step Functions' words.
  RUNNING: 'busy',
  PENDING_REDRIVE: 'busy',
  SUCCEEDED: 'good',
  FAILED: 'bad',
  TIMED_OUT: 'bad',
  ABORTED: 'bad',
  // Health.
  ok: 'good',
  attention: 'warning',
  failing: 'bad',
} as const satisfies Readonly<Record<string, string>>;

const isKnown = (status: string): status is keyof typeof TONES => status in TONES;

/** A status in words, on a ground that tells from afar how good it is. */
export const StatusBadge = ({ status }: { status: string }) => (
  <span className="badge" data-tone={isKnown(status) ? TONES[status] : 'calm'}>
    {status.toLowerCase().replaceAll('_', ' ')}
  </span>
);
