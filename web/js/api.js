/** What the API answers instead of what was asked for: a problem document (RFC 9457). */
export class ApiProblem extends Error {
  name = 'ApiProblem';

  constructor(problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }

  /** Whether this is the problem of that name, such as `out-of-stock`. */
  is(slug) {
    return this.problem.type?.endsWith(`/${slug}`) ?? false;
  }
}

/**
 * Calls the shop's API.
 * @throws ApiProblem when it answers with one, TypeError or TimeoutError when it does not answer.
 */
export async function call(method, path, { body, key } = {}) {
  const answer = await fetch(`/api/v1${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const content = await answer.json().catch(() => ({ title: `The shop answered ${answer.status}` }));
  if (!answer.ok) throw new ApiProblem(content);
  return content;
}

/** An amount in the reader's own way of writing: `€19.99`. */
export const inWords = ({ currency_code, value }) =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency: currency_code }).format(value);

/**
 * The payment that PayPal has sent the buyer back with: by PayPal's token, or by the checkout session.
 * @throws ApiProblem `unknown-payment` when the address names none.
 */
export async function paymentOfAddress() {
  const address = new URLSearchParams(location.search);
  const name = ['token', 'checkout_session_id'].find((known) => address.get(known));
  if (!name) throw new ApiProblem({ type: '/unknown-payment', title: 'The address names no payment' });
  return call('GET', `/payments?${name}=${encodeURIComponent(address.get(name))}`);
}

/** Shows a page's result, and takes the reader there. */
export function show(title, message) {
  const heading = document.querySelector('#title');
  heading.textContent = title;
  document.title = title;
  document.querySelector('#message').textContent = message;
  heading.focus();
}
