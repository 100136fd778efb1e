import { describe, expect, it } from 'vitest';
import {
  ANY_ORIGIN,
  behindFrontDoor,
  ORIGIN_SECRET_HEADER,
  originSecretHash,
} from '../../../src/shared/http/front-door.ts';
import { commonResponseErrors } from '../../support/api-document.ts';
import { httpEvent, invocation } from '../../support/builders/invocation.ts';

const CURRENT = 'current-secret';
const NEXT = 'next-secret';
const ACCEPTED = [CURRENT, NEXT].map(originSecretHash).join(',');

/** The status of a request with these headers, and how often the handler ran. */
async function requestWith(headers: Record<string, string>, accepted = ACCEPTED) {
  let handled = 0;
  const handler = behindFrontDoor(accepted, async () => {
    handled++;
    return { statusCode: 200, headers: {}, body: '' };
  });
  const response = await handler(httpEvent('GET', '/api/v1/products', { headers }), invocation());
  return { response, handled };
}

describe('behindFrontDoor', () => {
  it.each([CURRENT, NEXT])('handles a request with the accepted secret %s', async (secret) => {
    const { response, handled } = await requestWith({ [ORIGIN_SECRET_HEADER]: secret });

    expect([response.statusCode, handled]).toEqual([200, 1]);
  });

  it.each([
    ['no secret', {}],
    ['an empty secret', { [ORIGIN_SECRET_HEADER]: '' }],
    ['another secret', { [ORIGIN_SECRET_HEADER]: 'previous-secret' }],
    ['both secrets, as API Gateway joins repeated headers', { [ORIGIN_SECRET_HEADER]: `${CURRENT},${NEXT}` }],
    ['the hash instead of the secret', { [ORIGIN_SECRET_HEADER]: originSecretHash(CURRENT) }],
    ['the secret in another header', { 'x-forwarded-origin-secret': CURRENT }],
  ])('refuses a request with %s with 403 and does not handle it', async (_, headers) => {
    const { response, handled } = await requestWith(headers);

    expect(handled).toBe(0);
    expect(response.statusCode).toBe(403);
    expect(commonResponseErrors('NotThroughFrontDoor', response)).toEqual([]);
  });

  it('handles every request when any origin is accepted', async () => {
    expect((await requestWith({}, ANY_ORIGIN)).handled).toBe(1);
  });

  it.each(['', 'off', 'secret', `${originSecretHash(CURRENT)},`, `${originSecretHash(CURRENT)},any`])(
    'throws for the accepted hashes "%s"',
    (accepted) => {
      expect(() => behindFrontDoor(accepted, async () => undefined)).toThrow('invalid hashes');
    },
  );
});
