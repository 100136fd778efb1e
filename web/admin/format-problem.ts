import { ApiProblem } from '../api/call.ts';

/** What went wrong, and what to do next. */
interface InWords {
  readonly title: string;
  readonly next: string;
}

/** What to do about the problems that operators meet; the API's own `detail` says more about each. */
const NEXT: Readonly<Record<string, string>> = {
  'unknown-payment': 'Check the id. Ids of sessions and orders find their payment as well.',
  'unknown-event': 'Check the id. Events are kept for 90 days; older ones are gone.',
  'unknown-finding': 'It does not hold any more: somebody or something has mended it. The list will leave it out.',
  'event-erased': 'What the event said was personal and was erased. PayPal may still have it: resend it from there.',
  'not-repairable': 'A person has to decide. Open the payment to see what happened.',
  'nothing-to-refund': 'No money has come, or all of it has gone back. The payment’s page shows which.',
  'refund-refused': 'Look at the payment at PayPal: it may have been refunded there, or be too old.',
  'not-under-review': 'Somebody has decided already. The payment’s page shows what.',
  'not-shippable': 'Its money went back, so nothing must be sent.',
  'request-in-progress': 'It is being done. Wait a moment; the page follows by itself.',
  'paypal-unavailable': 'If it stays so, see Health.',
};

/** An error of a query or of an action, in words for an operator. */
export function formatProblem(error: unknown): InWords {
  if (!(error instanceof ApiProblem)) {
    const slow = error instanceof Error && error.name === 'TimeoutError';
    return {
      title: slow ? 'The shop does not answer in time' : 'The shop cannot be reached',
      next: 'Check your network. What is shown is asked for again by itself; what you did may be repeated without harm.',
    };
  }
  const { type, title, detail } = error.problem;
  const slug = type.split('/').at(-1) ?? '';
  if (slug === 'not-an-operator')
    return {
      title: 'Your account is not in the group “operators”',
      next: 'Ask whoever runs this shop to add you to it (npm run operator -- add), then sign in again.',
    };
  const next = NEXT[slug];
  if (next) return { title, next: detail ? `${sentence(detail)} ${next}` : next };
  if (error.status === 429)
    return { title: 'Too many requests at once', next: 'Wait a moment; the page goes on by itself.' };
  if (error.status >= 500)
    return { title, next: 'It is asked for again by itself. If it stays so, look at Health and at the logs.' };
  return { title, next: sentence(detail) };
}

/** A detail as the API gives it, with its capital and its full stop. */
const sentence = (text: string): string =>
  text && `${text[0]?.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
