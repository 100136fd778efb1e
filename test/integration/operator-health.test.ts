import { isDeepStrictEqual } from 'node:util';
import { describe, expect, inject, it } from 'vitest';
import { seenByOperator } from '../support/stack/operator.ts';
import { payPal, until } from '../support/stack/shop.ts';

/*
 * Not among the tests with IAM enforced: the queues require TLS, which MiniStack does not offer.
 */

const { tables, front_door_url } = inject('stack');

/** The health report once exactly these checks fail: each has two seconds, which a busy machine may use up. */
const healthFailing = (...names: string[]) =>
  until(
    () => seenByOperator('/api/v1/admin/health'),
    ({ body }) => {
      const failing: { name: string; detail: string }[] = body.checks.filter(
        ({ status }: { status: string }) => status === 'failing',
      );
      const inTime = failing.every(({ detail }) => !detail.startsWith('timed out after'));
      return inTime && isDeepStrictEqual(new Set(failing.map(({ name }) => name)), new Set(names));
    },
  );

describe('the health check', () => {
  it('has one line per dependency and fails when one of them fails', async () => {
    const { status, body } = await healthFailing();
    const line = (name: string, of = body) => of.checks.find((one: { name: string }) => one.name === name);

    expect(status).toBe(200);
    for (const table of Object.keys(tables)) expect(line(`table ${table}`)).toMatchObject({ status: 'ok' });
    for (const name of [
      'workflow',
      'workflow services',
      'PayPal secret',
      'PayPal token',
      'PayPal webhook',
      'last good event',
    ])
      expect(line(name), name).toMatchObject({ status: 'ok' });
    expect(line('workflow services').detail).toBe('all 4 functions active');
    expect(line('PayPal webhook').detail).toBe(`registered for ${front_door_url}/webhooks/paypal`);
    for (const name of ['queue dead letters', 'queue undelivered', 'open payments', 'findings', 'failed settlements'])
      expect(line(name)?.status, name).toMatch(/^(ok|attention)$/);

    await payPal('PUT', '/_sim/faults', {
      faults: [{ method: 'GET', path: '/v1/notifications/webhooks', status: 503, times: 100 }],
    });
    // One request to PayPal serves both checks.
    const broken = await healthFailing('PayPal token', 'PayPal webhook');

    expect(broken.status).toBe(503);
    expect(line('PayPal webhook', broken.body)).toMatchObject({ status: 'failing', detail: 'PayPalUnavailable' });
    expect(line('table payments', broken.body)).toMatchObject({ status: 'ok' });
  });
});
