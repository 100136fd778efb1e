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

/** ULIDs of any time until the year 10889, when they end. */
const ulids = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((time) => ulid(time));

it('session, payment and order of a purchase name each other', () => {
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

it('two purchases share nothing', () => {
  fc.assert(
    fc.property(ulids, ulids, (one, other) => {
      fc.pre(one !== other);

      expect(paymentIdOf(sessionId(one))).not.toBe(paymentIdOf(sessionId(other)));
    }),
  );
});

it('an id of one kind is none of another', () => {
  const session = sessionId(ulid());
  const payment = paymentIdOf(session);

  expect([isPaymentId(session), isOrderId(session), isSessionId(payment), isOrderId(payment)]).toEqual(
    Array(4).fill(false),
  );
});

describe('no id of a payment is', () => {
  const good = 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV';

  it('but a good one', () => {
    expect(isPaymentId(good)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a prefix', 'pay_'],
    ['too short', good.slice(0, -1)],
    ['too long', `${good}0`],
    ['followed by a line', `${good}\n`],
    ['in small letters', good.toLowerCase()],
    ['with a letter that is easily misread', good.replace('A', 'U')],
    ['after the end of all times', good.replace('_0', '_8')],
    ['an execution name', `${good}-captured`],
    ['a path', `../../${good}`],
  ])('%s', (_, text) => {
    expect(isPaymentId(text)).toBe(false);
  });
});

it.each([
  ['sessions', sessionIdSchema, sessionId('01ARZ3NDEKTSV4RRFFQ69G5FAV')],
  ['payments', paymentIdSchema, 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
  ['orders', orderIdSchema, 'ord_01ARZ3NDEKTSV4RRFFQ69G5FAV'],
])('a table of %s holds nothing but their ids', (_, schema, id) => {
  expect(schema.safeParse(id).success).toBe(true);
  for (const other of [id.slice(4), 7, null, undefined, [id]]) expect(schema.safeParse(other).success).toBe(false);
});

it('an execution can be named after a payment and any settlement', () => {
  // https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: 80 characters at most.
  const name = `${paymentIdOf(sessionId(ulid()))}-refunded-${Number.MAX_SAFE_INTEGER}`;

  expect(name.length).toBeLessThanOrEqual(80);
  expect(name).toMatch(/^[\w-]+$/);
});
