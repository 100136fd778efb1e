import { setImmediate as nextTurn } from 'node:timers/promises';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { watchOutsideCalls, withoutIds } from '../../support/in-process/outside-calls.ts';

describe('withoutIds', () => {
  it.each([
    ['letters and digits', '/v2/checkout/orders/5O190127TN364715T/capture', '/v2/checkout/orders/…/capture'],
    ['letters alone', '/v2/checkout/orders/ABCDEFGHIJKLMNOPQ/capture', '/v2/checkout/orders/…/capture'],
    ['digits alone', '/v2/payments/captures/12345678901234567/refund', '/v2/payments/captures/…/refund'],
    ['dashes', '/v1/notifications/certs/CERT-360caa42-fca2a594-b0d12406', '/v1/notifications/certs/…'],
  ])('replaces an id of %s', (_, path, expected) => {
    expect(withoutIds(path)).toBe(expected);
  });

  it.each(['/v1/oauth2/token', '/v1/notifications/webhooks-events', '/v2/checkout/orders'])('keeps %s', (path) => {
    expect(withoutIds(path)).toBe(path);
  });
});

describe('watchOutsideCalls', () => {
  it.each([
    ['returns', async () => undefined],
    ['throws', async () => Promise.reject(new Error('no response'))],
  ])('completes a call that is in flight when the invocation %s', async (_, end) => {
    let completed = false;
    const watch = watchOutsideCalls({
      async ListTablesCommand() {
        await nextTurn();
        completed = true;
        return {};
      },
    });

    await watch
      .run(() => {
        void new DynamoDBClient().send(new ListTablesCommand());
        return end();
      })
      .catch(() => undefined);
    watch.stop();

    expect(completed).toBe(true);
  });
});
