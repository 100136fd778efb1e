import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../../web/admin/format-problem.ts';
import { ApiProblem } from '../../../../web/api/call.ts';

const problem = (slug: string, status: number, detail: string) =>
  new ApiProblem({ type: `/problems/${slug}`, title: 'A title', status, detail });

describe('formatProblem', () => {
  it('names the missing role when the user is not an operator', () => {
    expect(formatProblem(problem('not-an-operator', 403, 'ask for the group operators')).title).toContain('no role');
  });

  it('adds the next step to the detail of a known problem', () => {
    expect(formatProblem(problem('unknown-payment', 404, 'there is no payment pay_1'))).toEqual({
      title: 'A title',
      next: 'There is no payment pay_1. Check the id. Session and order ids work too.',
    });
  });

  it.each([
    ['role-required', 'requires the role admin', 'Ask an admin to do this'],
    ['refund-limit', 'at most EUR 10.00 a day, of which EUR 5.00 is left: ask an admin', 'Admins have no limit'],
  ])('says what to do when the answer is %s', (slug, detail, next) => {
    expect(formatProblem(problem(slug, 403, detail)).next).toContain(next);
  });

  it('repeats nothing that the detail contains', () => {
    expect(formatProblem(problem('paypal-unavailable', 502, 'nothing is lost: repeat the request')).next).toBe(
      'Nothing is lost: repeat the request. If it continues, check Health.',
    );
  });

  it('returns the title and detail of any other problem', () => {
    expect(formatProblem(problem('invalid-request', 400, 'reason: is too long'))).toEqual({
      title: 'A title',
      next: 'Reason: is too long.',
    });
  });

  it.each([
    ['throttling', problem('about:blank', 429, 'Too Many Requests'), 'Too many requests'],
    ['an internal error', problem('internal-error', 500, ''), 'A title'],
    ['a network error', new TypeError('Failed to fetch'), 'The shop can’t be reached'],
    ['a timeout', new DOMException('', 'TimeoutError'), 'The shop isn’t responding'],
  ])('has a title and a next step for %s', (_, error, title) => {
    const formatted = formatProblem(error);

    expect(formatted.title).toBe(title);
    expect(formatted.next).not.toBe('');
  });
});
