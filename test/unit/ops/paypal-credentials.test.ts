import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCredentials } from '../../../ops/paypal-credentials.ts';

const ID = 'AbCdEf-client';
const SECRET = 'EeFfGg-secret';
const WRONG_ID = 'a-wrong-client';
const STORED = { client_id: 'to-fill-in', client_secret: 'to-fill-in', webhook_id: '' };

async function read(typed: string) {
  const input = new PassThrough();
  input.end(typed);
  return readCredentials({ input, output: new PassThrough() });
}

describe('readCredentials', () => {
  it.each([`${ID}\n${SECRET}\n`, `${ID}\r\n${SECRET}`, ` ${ID} \n ${SECRET}\n\n`])(
    'reads two lines: %j',
    async (typed) => {
      expect(await read(typed)).toEqual({ clientId: ID, clientSecret: SECRET });
    },
  );

  it.each([
    ['', 'invalid client id'],
    [`${ID}\n`, 'invalid client secret'],
    [`short\n${SECRET}\n`, 'invalid client id'],
    [`${ID}\nwith a space\n`, 'invalid client secret'],
    [`with:colon\n${SECRET}\n`, 'invalid client id'],
    [`${ID}\n${'x'.repeat(256)}\n`, 'invalid client secret'],
    [`${ID}\n${SECRET}\nmore\n`, 'too many lines'],
  ])('rejects %j without showing it', async (typed, reason) => {
    const error = await read(typed).catch((thrown: Error) => thrown.message);

    expect(error).toContain(reason);
    for (const line of typed.split('\n').filter(Boolean)) expect(error).not.toContain(line);
  });

  it('asks for both at a terminal and does not show the secret', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = new PassThrough({ encoding: 'utf8' });
    let shown = '';
    output.on('data', (chunk) => {
      shown += chunk;
      if (/client id: $/.test(chunk)) input.write(`${ID}\r`);
      if (/\(not shown\): $/.test(chunk)) setImmediate(() => input.write(`${SECRET}\r`));
    });

    expect(await readCredentials({ input, output })).toEqual({ clientId: ID, clientSecret: SECRET });
    expect(shown).toContain('client id: ');
    expect(shown).toContain('client secret (not shown): ');
    expect(shown).not.toContain(SECRET);
  });
});

describe('npm run paypal -- credentials', () => {
  let folder: string;
  let server: ReturnType<typeof createServer>;
  let stored: object;
  let webhooks: object[];

  /** Answers as Secrets Manager and as PayPal, which accepts all client ids but one. */
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'settle-once-credentials-'));
    stored = STORED;
    webhooks = [];
    server = createServer(async (request, response) => {
      const reply = (status: number, body: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      const body = await text(request);
      if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue')
        reply(200, { SecretString: JSON.stringify(stored) });
      else if (request.headers['x-amz-target'] === 'secretsmanager.PutSecretValue') {
        stored = JSON.parse(JSON.parse(body).SecretString);
        reply(200, {});
      } else if (request.url !== '/v1/oauth2/token') reply(200, { webhooks });
      else if (request.headers.authorization === `Basic ${btoa(`${WRONG_ID}:${SECRET}`)}`)
        reply(401, { error: 'invalid_client' });
      else reply(200, { access_token: 'token', expires_in: 3600 });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const stack = { simulator_url: url, front_door_url: url, aws_endpoint_url: url, region: 'us-east-1' };
    writeFileSync(join(folder, 'stack.json'), JSON.stringify(stack));
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function run(typed: string, ...options: readonly string[]) {
    const args = ['ops/paypal.ts', 'credentials', '--stack-file', join(folder, 'stack.json'), ...options];
    const child = spawn(process.execPath, args);
    child.stdin.end(typed);
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.on('close', resolve)),
    ]);
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    return { status, stdout, stderr };
  }

  it('stores credentials that PayPal accepts, and names the next step', async () => {
    const { status, stdout } = await run(`${ID}\n${SECRET}\n`);

    expect(status).toBe(0);
    expect(stdout).toContain('secret settle-once/local/paypal: stored\n');
    expect(stdout).toContain('npm run paypal -- register');
    expect(stored).toEqual({ client_id: ID, client_secret: SECRET, webhook_id: '' });
  });

  it('keeps the webhook when the secret of the same app is replaced', async () => {
    stored = { client_id: ID, client_secret: 'leaked-secret', webhook_id: 'WH-1' };
    webhooks = [{ id: 'WH-1', url: 'https://shop.example/webhooks/paypal', event_types: [] }];

    const { status, stdout } = await run(`${ID}\n${SECRET}\n`, '--json');

    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      client_id: ID,
      secret: 'settle-once/local/paypal',
      outcome: 'replaced',
      needs_webhook: false,
    });
    expect(stored).toEqual({ client_id: ID, client_secret: SECRET, webhook_id: 'WH-1' });
  });

  it('stores nothing with --dry-run', async () => {
    expect(await run(`${ID}\n${SECRET}\n`, '--dry-run')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('would be stored'),
    });
    expect(stored).toBe(STORED);
  });

  it('stores nothing when PayPal rejects the credentials', async () => {
    expect(await run(`${WRONG_ID}\n${SECRET}\n`)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('PayPal rejected the credentials: invalid_client'),
    });
    expect(stored).toBe(STORED);
  });

  it('takes no credentials as arguments', async () => {
    const { status, stderr } = await run('', ID);

    expect(status).toBe(2);
    expect(stderr).toContain('too many arguments');
    expect(stored).toBe(STORED);
  });
});
