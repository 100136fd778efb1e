import { Agent, request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AwsCalls, longestChain, recordAwsCalls } from '../../support/in-process/aws-calls.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

describe('recordAwsCalls', () => {
  let aws: LoopbackServer;
  let recorded: AwsCalls;
  beforeEach(async () => {
    aws = await startLoopbackServer(async () => ({ status: 200, body: '{}' }));
    recorded = recordAwsCalls(aws.url);
  });
  afterEach(async () => {
    recorded.stop();
    await aws.close();
  });

  const agent = new Agent({ maxSockets: 1 });
  const call = (path: string) =>
    new Promise<void>((resolve, reject) => {
      request(aws.url + path, { agent }, (response) => response.resume().on('end', resolve))
        .on('error', reject)
        .end();
    });

  it('chains a call that waits for the previous response', async () => {
    await call('/first');
    await call('/second');

    expect(recorded.calls.map(({ operation }) => operation)).toEqual(['/first', '/second']);
    expect(longestChain(recorded.calls)).toBe(2);
  });

  it('treats calls as parallel when the second one reaches AWS after the first response', async () => {
    await Promise.all([call('/first'), call('/second')]);

    expect(recorded.calls).toHaveLength(2);
    expect(longestChain(recorded.calls)).toBe(1);
  });
});
