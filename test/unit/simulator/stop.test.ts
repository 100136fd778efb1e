import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startSimulator } from '../../../simulator/server.ts';
import { startReceiver } from './receiver.ts';

/** Stops a simulator with a scheduled retry, a silent receiver, a kept-alive connection and an unanswered request. */
const SCRIPT = `
  import { createServer } from 'node:http';
  import { startSimulator } from ${JSON.stringify(new URL('../../../simulator/server.ts', import.meta.url))};

  const simulator = await startSimulator({ retryDelayMs: () => 60_000 });
  const call = (method, path, body, headers) =>
    fetch(simulator.url + path, {
      method, headers: { 'content-type': 'application/json', ...headers }, body: body && JSON.stringify(body),
    });
  const { access_token } = await (await fetch(simulator.url + '/v1/oauth2/token', {
    method: 'POST', body: 'grant_type=client_credentials',
    headers: { authorization: 'Basic ' + btoa('sandbox-client:sandbox-secret') },
  })).json();
  const authorization = { authorization: 'Bearer ' + access_token };

  let count = 0;
  const receiver = createServer((request, response) => { if (++count === 1) response.writeHead(500).end(); });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = () => 'http://127.0.0.1:' + receiver.address().port;
  await call('POST', '/v1/notifications/webhooks', { url: url() + '/', event_types: [{ name: '*' }] }, authorization);
  const amount = { currency_code: 'EUR', value: '1.00' };
  const request = { intent: 'CAPTURE', purchase_units: [{ amount }] };
  const order = await (await call('POST', '/v2/checkout/orders', request, authorization)).json();
  await call('POST', '/_sim/orders/' + order.id + '/approve');
  await call('POST', '/_sim/orders/' + order.id + '/capture');
  await call('PUT', '/_sim/faults', {
    faults: [{ method: 'GET', path: '/silence', timeout: true }, { method: 'GET', path: '/slow', latency_ms: 60000 }],
  });
  call('GET', '/silence').catch(() => console.log('silence ended'));
  call('GET', '/slow').catch(() => {}).finally(() => console.log('slowness ended'));
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(count, 'deliveries');
  await simulator.stop();
  receiver.close();
  receiver.closeAllConnections();
`;

describe('startSimulator', () => {
  it('leaves nothing running when it is stopped', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
      timeout: 15_000,
    });

    expect(stdout.trim().split('\n').sort()).toEqual(['2 deliveries', 'silence ended', 'slowness ended']);
  }, 20_000);

  it('throws EADDRINUSE when the port is taken', async () => {
    const receiver = await startReceiver();

    await expect(startSimulator({ port: Number(new URL(receiver.url).port) })).rejects.toThrow('EADDRINUSE');
    await receiver.stop();
  });

  it('listens on the given port', async () => {
    const first = await startSimulator();
    await first.stop();

    const second = await startSimulator({ port: Number(new URL(first.url).port) });

    expect(second.url).toBe(first.url);
    await second.stop();
  });

  it('issues tokens to the given client only', async () => {
    const simulator = await startSimulator({ clientId: 'me', clientSecret: 'mine' });
    const statusFor = async (pair: string) => {
      const headers = { authorization: `Basic ${btoa(pair)}` };
      return (
        await fetch(`${simulator.url}/v1/oauth2/token`, {
          method: 'POST',
          body: 'grant_type=client_credentials',
          headers,
        })
      ).status;
    };

    expect([await statusFor('me:mine'), await statusFor('sandbox-client:sandbox-secret')]).toEqual([200, 401]);
    await simulator.stop();
  });
});
