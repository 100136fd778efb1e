import { clearCaches } from '@aws-lambda-powertools/parameters';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, expect, it, vi } from 'vitest';
import { credentialsFrom } from '../../../src/paypal/secret.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  clearCaches();
});

it('credentialsFrom caches the secret for five minutes', async () => {
  vi.useFakeTimers();
  let client_id = 'old';
  const send = vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation(async () => ({
    SecretString: JSON.stringify({ client_id, client_secret: 's', webhook_id: '' }),
  }));
  const credentials = credentialsFrom('paypal');
  await credentials();
  client_id = 'new';

  vi.advanceTimersByTime(299_000);
  expect((await credentials()).clientId).toBe('old');
  expect(send).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(2000);

  expect((await credentials()).clientId).toBe('new');
});
