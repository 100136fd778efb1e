import { ApiProblem } from '../api/call.ts';

interface FormattedProblem {
  readonly title: string;
  /** What to do next. */
  readonly next: string;
}

/** The next step by problem type; it follows the API's own `detail`. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  'unknown-payment': 'Check the id. Session and order ids work too.',
  'unknown-event': 'Check the id. Events are deleted after 90 days.',
  'unknown-finding': 'It has been resolved and will disappear from the list.',
  'event-erased': 'The payload contained personal data. Resend the event from PayPal if it is still available there.',
  'not-repairable': 'Manual review required. See the payment for what happened.',
  'nothing-to-refund': 'Nothing was captured, or everything has been refunded. See the payment for details.',
  'refund-refused': 'Check the payment at PayPal: it may have been refunded there, or be too old to refund.',
  'not-under-review': 'The payment has already been reviewed. See the payment for the decision.',
  'not-shippable': 'The buyer got the money back. Don’t ship the order.',
  'role-required': 'Ask an admin to do this, or to give you the role; then sign in again.',
  'refund-limit': 'Admins have no limit.',
  'request-in-progress': 'The request is still running. Wait a moment; this page updates automatically.',
  'paypal-unavailable': 'If it continues, check Health.',
};

/** An error of a query or mutation as copy for an operator. */
export function formatProblem(error: unknown): FormattedProblem {
  if (!(error instanceof ApiProblem)) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    return {
      title: timedOut ? 'The shop isn’t responding' : 'The shop can’t be reached',
      next: 'Check your connection. This page refreshes automatically, and repeating an action is safe.',
    };
  }
  const { type, title, detail } = error.problem;
  const slug = type.split('/').at(-1) ?? '';
  if (slug === 'not-an-operator')
    return {
      title: 'Your account has no role',
      next: 'Ask an administrator to give you one (npm run operator -- role), then sign in again.',
    };
  const next = NEXT_STEPS[slug];
  if (next) return { title, next: detail ? `${sentence(detail)} ${next}` : next };
  if (error.status === 429)
    return { title: 'Too many requests', next: 'Wait a moment; this page retries automatically.' };
  if (error.status >= 500)
    return { title, next: 'This page retries automatically. If it continues, check Health and the logs.' };
  return { title, next: sentence(detail) };
}

/** The API's details are lower case without a full stop. */
const sentence = (text: string): string =>
  text && `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
