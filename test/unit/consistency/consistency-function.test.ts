import { type InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { consistencyFunction, requestSchema } from '../../../src/consistency/consistency-function.ts';

const lambda = new LambdaClient({ region: 'eu-central-1' });
const send = vi.spyOn(lambda, 'send') as unknown as ReturnType<typeof vi.fn>;
const consistency = consistencyFunction(lambda, 'consistency');

const stored = {
  id: '4:MUG',
  invariant: 4,
  subject: 'MUG',
  what: 'test',
  repair: null,
  first_seen: '2026-06-01T12:00:00.000Z',
  last_seen: '2026-06-01T12:00:00.000Z',
};

const respond = (body: object, more: object = {}) =>
  send.mockResolvedValueOnce({ Payload: Buffer.from(JSON.stringify(body)), ...more });

/** The payload of the only invocation. */
function sent(): unknown {
  expect(send).toHaveBeenCalledTimes(1);
  const command: InvokeCommand = send.mock.lastCall?.[0];
  expect(command.input.FunctionName).toBe('consistency');
  return JSON.parse(String(command.input.Payload));
}

beforeEach(() => {
  send.mockReset();
});

describe('consistencyFunction', () => {
  it('rechecks a finding, which is sent with the number of its invariant', async () => {
    respond({ finding: stored });

    expect(await consistency.recheck('4:MUG')).toEqual({ ...stored, invariant: 'stock_counters' });
    expect(sent()).toEqual({ look_again: '4:MUG' });
  });

  it('returns undefined when there is no such finding', async () => {
    respond({ finding: null });

    expect(await consistency.recheck('4:MUG')).toBeUndefined();
  });

  it('runs the check', async () => {
    respond({ checked: 3, findings: 1, finished: true });

    expect(await consistency.check()).toEqual({ checked: 3, findings: 1, finished: true });
    expect(sent()).toEqual({});
  });

  it('throws when the function fails', async () => {
    respond({ errorMessage: 'secret' }, { FunctionError: 'Unhandled' });

    await expect(consistency.check()).rejects.toThrow(/^consistency check failed: Unhandled$/);
  });
});

const isValid = (event: unknown) => requestSchema.safeParse(event).success;

describe('requestSchema', () => {
  it.each([
    ['a check as of now', {}],
    ['a check as of another time', { as_of: '2026-06-01T12:00:00Z' }],
    ['a recheck of a finding', { look_again: '1:pay_1' }],
  ])('accepts %s', (_, event) => {
    expect(isValid(event)).toBe(true);
  });

  it.each([
    ['an invalid time', { as_of: 'yesterday' }],
    ['an unknown action', { repair: '1:pay_1' }],
  ])('rejects %s', (_, event) => {
    expect(isValid(event)).toBe(false);
  });
});
