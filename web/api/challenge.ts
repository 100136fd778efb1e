import { CHALLENGE_PARAMETER } from '../../lib/firewall-challenge.ts';

// Tests, which import this file, are checked without the types of a browser.
declare const location: { readonly href: string; replace(url: URL): void };

/** Whether the firewall wants to see a browser before it lets the call through. */
export const isChallenged = ({ status, headers }: Response): boolean =>
  status === 202 && headers.get('x-amzn-waf-action') === 'challenge';

/** A script cannot answer the challenge of a call: the page loads again, challenged by itself. Never returns. */
export function loadChallengedPage(): Promise<never> {
  const url = new URL(location.href);
  url.searchParams.set(CHALLENGE_PARAMETER, 'required');
  location.replace(url);
  return new Promise(() => undefined);
}
