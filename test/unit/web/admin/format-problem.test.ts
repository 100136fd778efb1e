import { expect, it } from 'vitest';
import { formatProblem } from '../../../../web/admin/format-problem.ts';
import { ApiProblem } from '../../../../web/api/call.ts';

const problem = (slug: string, status: number, detail: string) =>
  new ApiProblem({ type: `/problems/${slug}`, title: 'A title', status, detail });

it('who is no operator is told which group is missing', () => {
  expect(formatProblem(problem('not-an-operator', 403, 'ask for the group operators')).title).toContain('“operators”');
});

it('a known problem is told with what to do next', () => {
  expect(formatProblem(problem('unknown-payment', 404, 'there is no payment pay_1'))).toEqual({
    title: 'A title',
    next: 'There is no payment pay_1. Check the id. Ids of sessions and orders find their payment as well.',
  });
});

it('what the API says already is not said twice', () => {
  expect(formatProblem(problem('paypal-unavailable', 502, 'nothing is lost: repeat the request')).next).toBe(
    'Nothing is lost: repeat the request. If it stays so, see Health.',
  );
});

it('a problem that no page knows is told as the API tells it', () => {
  expect(formatProblem(problem('invalid-request', 400, 'reason: is too long'))).toEqual({
    title: 'A title',
    next: 'Reason: is too long.',
  });
});

it.each([
  ['many requests', problem('about:blank', 429, 'Too Many Requests'), 'Too many requests at once'],
  ['trouble inside', problem('internal-error', 500, ''), 'A title'],
  ['no network', new TypeError('Failed to fetch'), 'The shop cannot be reached'],
  ['no answer in time', new DOMException('', 'TimeoutError'), 'The shop does not answer in time'],
])('%s has words, and something to do next', (_, error, title) => {
  const inWords = formatProblem(error);

  expect(inWords.title).toBe(title);
  expect(inWords.next).not.toBe('');
});
