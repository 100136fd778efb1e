import { describe, expect, it } from 'vitest';
import { missingCredentials, UNSET_CREDENTIAL } from '../../../src/paypal/unset-credential.ts';

describe('missingCredentials', () => {
  const complete = { client_id: 'AX1', client_secret: 'EL1', webhook_id: 'WH-1' };

  it('is empty for a complete secret, whatever else it holds', () => {
    const secret = { ...complete, previous_webhook_id: '' };

    expect(missingCredentials(secret)).toEqual([]);
  });

  it.each(['client_id', 'client_secret', 'webhook_id'])('names %s when it is empty or not filled in', (name) => {
    expect(missingCredentials({ ...complete, [name]: '' })).toEqual([name]);
    expect(missingCredentials({ ...complete, [name]: UNSET_CREDENTIAL })).toEqual([name]);
  });
});
