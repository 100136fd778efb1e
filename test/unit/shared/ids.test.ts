import fc from 'fast-check';
import { ulid } from 'ulid';
import { describe, expect, it } from 'vitest';
import {
  isOrderId,
  isPaymentId,
  isSessionId,
  orderIdOf,
  orderIdSchema,
  paymentIdOf,
  paymentIdSchema,
  sessionId,
  sessionIdOf,
  sessionIdSchema,
} from '../../../src/shared/ids.ts';

/** ULIDs of any time up to their last one, in the year 10889. */
const ulids = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((time) => ulid(time));

it('ids of session, payment and order yield each other', () => {
  fc.assert(
    fc.property(ulids, (random) => {
      const session = sessionId(random);
      const payment = paymentIdOf(session);

      expect([isSessionId(session), isPaymentId(payment), isOrderId(orderIdOf(payment))]).toEqual([true, true, true]);
      expect(sessionIdOf(payment)).toBe(session);
      expect(orderIdOf(payment)).toBe(`ord_${random}`);
    }),
  );
});

it('ids of two purchases differ', () => {
  fc.assert(
    fc.property(ulids, ulids, (one, other) => {
      fc.pre(one !== other);

      expect(paymentIdOf(sessionId(one))).not.toBe(paymentIdOf(sessionId(other)));
    }),
  );
});

it('an id matches its own kind only', () => {
  const session = sessionId(ulid());
  const payment = paymentIdOf(session);

  expect([isPaymentId(session), isOrderId(session), isSessionId(payment), isOrderId(payment)]).toEqual(
    Array(4).fill(false),
  );
});

describe('isPaymentId', () => {
  const good = 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV';

  it('accepts a payment id', () => {
    expect(isPaymentId(good)).toBe(true);
  });

  it.each([
    ['an empty text', ''],
    ['the prefix alone', 'pay_'],
    ['a short id', good.slice(0, -1)],
    ['a long id', `${good}0`],
    ['a trailing line feed', `${good}\n`],
    ['lower case', good.toLowerCase()],
    ['a letter outside Crockford base32', good.replace('A', 'U')],
    ['an overflowing timestamp', good.replace('_0', '_8')],
    ['an execution name', `${good}-captured`],
    ['a path', `../../${good}`],
  ])('rejects %s', (_, text) => {
    expect(isPaymentId(text)).toBe(false);
  });
});

it.each([
  ['sessions', sessionIdSchema, sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV')],
  ['payments', paymentIdSchema, 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ['orders', orderIdSchema, 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
])('the schema of ids of %s accepts only these', (_, schema, id) => {
  expect(schema.safeParse(id).success).toBe(true);
  for (const other of [id.slice(4), 7, null, undefined, [id]]) expect(schema.safeParse(other).success).toBe(false);
});

it('a payment id and any settlement fit into an execution name', () => {
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: at most 80 characters.
  const name = `${paymentIdOf(sessionId(ulid()))}-refunded-${Number.MAX_SAFE_INTEGER}`;

  expect(name.length).toBeLessThanOrEqual(80);
  expect(name).toMatch(/^[\w-]+$/);
});
