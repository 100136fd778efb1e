import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CertificateUnavailable, certificateSource } from '../../../src/paypal-webhook/certificates.ts';
import { recordedFile } from './recorded.ts';

const PEM = recordedFile('certs/CERT-360caa42-fca2a594-b0d12406.pem');
const HOUR = 60 * 60 * 1000;

let server: Server;
let origin: string;
let clock: Date;
const onRequest = vi.fn<RequestListener>();

beforeEach(async () => {
  clock = new Date('2025-11-28T10:00:24Z');
  onRequest.mockReset().mockImplementation((_, response) => serve(response, PEM));
  server = createServer(onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const serve = (response: ServerResponse, body: Buffer | string, status = 200) =>
  void response.writeHead(status).end(body);
const newSource = (timeoutMs = 2000) => certificateSource({ fetch, timeoutMs, now: () => clock });
const paths = () => onRequest.mock.calls.map(([{ url }]) => url);

it('certificateSource downloads a certificate from its URL', async () => {
  const certificate = await newSource()(`${origin}/a`);
  expect(certificate?.subjectAltName).toBe('DNS:messageverificationcerts.paypal.com');
  expect(certificate?.publicKey.asymmetricKeyType).toBe('rsa');
});

describe('certificateSource: cache', () => {
  it('reuses a certificate for the next delivery', async () => {
    const certificateOf = newSource();
    const first = await certificateOf(`${origin}/a`);
    expect(await certificateOf(`${origin}/a`)).toBe(first);
    expect(paths()).toEqual(['/a']);
  });

  it('keeps certificates by URL', async () => {
    const certificateOf = newSource();
    await certificateOf(`${origin}/a`);
    await certificateOf(`${origin}/b`);
    expect(paths()).toEqual(['/a', '/b']);
  });

  it('keeps a certificate for a day', async () => {
    const certificateOf = newSource();
    await certificateOf(`${origin}/a`);
    clock = new Date(clock.getTime() + 24 * HOUR - 1);
    await certificateOf(`${origin}/a`);
    expect(paths()).toHaveLength(1);

    clock = new Date(clock.getTime() + 1);
    await certificateOf(`${origin}/a`);
    await certificateOf(`${origin}/a`);
    expect(paths()).toHaveLength(2);
  });

  it('keeps eight certificates', async () => {
    const certificateOf = newSource();
    for (const id of 'abcdefgh') await certificateOf(`${origin}/${id}`);
    for (const id of 'abcdefgh') await certificateOf(`${origin}/${id}`);
    expect(paths()).toHaveLength(8);

    await certificateOf(`${origin}/i`);
    await certificateOf(`${origin}/b`);
    expect(paths()).toHaveLength(9);
    await certificateOf(`${origin}/a`);
    expect(paths()).toHaveLength(10);
  });
});

describe('certificateSource: made-up URLs', () => {
  const notFound: RequestListener = (_, response) => serve(response, 'no', 404);
  const throttled: RequestListener = (_, response) => serve(response, 'no', 429);

  it.each([
    ['unknown', notFound],
    ['refused', throttled],
  ])('are downloaded ten times a minute, then not asked for: %s', async (_, listener) => {
    const certificateOf = newSource();
    onRequest.mockImplementation(listener);
    for (let i = 0; i < 10; i++) await certificateOf(`${origin}/${i % 5}`).catch(() => undefined);
    expect(paths()).toHaveLength(10);

    await expect(certificateOf(`${origin}/0`)).resolves.toBeUndefined();
    await expect(certificateOf(`${origin}/new`)).resolves.toBeUndefined();
    clock = new Date(clock.getTime() + 59_999);
    await expect(certificateOf(`${origin}/new`)).resolves.toBeUndefined();
    expect(paths()).toHaveLength(10);

    clock = new Date(clock.getTime() + 1);
    onRequest.mockImplementation((_, response) => serve(response, PEM));
    await expect(certificateOf(`${origin}/new`)).resolves.toBeDefined();
    expect(paths()).toHaveLength(11);
  });

  it('are downloaded ten times when they come concurrently', async () => {
    const certificateOf = newSource();
    onRequest.mockImplementation(notFound);
    await Promise.all(Array.from({ length: 60 }, (_, i) => certificateOf(`${origin}/${i}`)));

    expect(paths()).toHaveLength(10);
  });

  it('leave the genuine certificate in the cache', async () => {
    const certificateOf = newSource();
    const genuine = await certificateOf(`${origin}/genuine`);
    onRequest.mockImplementation(notFound);
    const forged = Array.from({ length: 60 }, (_, i) => certificateOf(`${origin}/${i}`));

    expect(await certificateOf(`${origin}/genuine`)).toBe(genuine);
    await Promise.all(forged);
    expect(await certificateOf(`${origin}/genuine`)).toBe(genuine);
    expect(paths()).toHaveLength(10);
  });

  it('of certificates of others leave the one in use in the cache', async () => {
    const certificateOf = newSource();
    const genuine = await certificateOf(`${origin}/genuine`);
    for (let i = 0; i < 9; i++) {
      await certificateOf(`${origin}/${i}`);
      expect(await certificateOf(`${origin}/genuine`)).toBe(genuine);
    }
  });
});

describe('certificateSource: concurrent calls', () => {
  it('downloads once for concurrent calls', async () => {
    const certificateOf = newSource();
    const certificates = await Promise.all(Array.from({ length: 5 }, () => certificateOf(`${origin}/a`)));
    expect(new Set(certificates).size).toBe(1);
    expect(paths()).toEqual(['/a']);
  });

  it('rejects all concurrent calls when the download fails, and does not cache the failure', async () => {
    onRequest.mockImplementationOnce((_, response) => serve(response, '', 500));
    const certificateOf = newSource();
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => certificateOf(`${origin}/a`)));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('rejected'));
    expect(paths()).toHaveLength(1);

    await expect(certificateOf(`${origin}/a`)).resolves.toBeDefined();
    expect(paths()).toHaveLength(2);
  });
});

it.each([400, 404, 410])(
  'certificateSource returns undefined when the host returns %i, and does not cache that',
  async (status) => {
    onRequest.mockImplementationOnce((_, response) => serve(response, 'no', status));
    const certificateOf = newSource();
    await expect(certificateOf(`${origin}/a`)).resolves.toBeUndefined();
    await expect(certificateOf(`${origin}/a`)).resolves.toBeDefined();
  },
);

describe('certificateSource: errors', () => {
  const endless = (response: ServerResponse) => {
    response.writeHead(200); // without content-length, so in chunks
    const more = () => {
      while (!response.destroyed && response.write(PEM));
    };
    response.on('drain', more);
    more();
  };

  it.each<[string, RequestListener, RegExp]>([
    ['is 401', (_, response) => serve(response, PEM, 401), /status 401/],
    ['is 403', (_, response) => serve(response, PEM, 403), /status 403/],
    ['is 429', (_, response) => serve(response, PEM, 429), /status 429/],
    ['is 500', (_, response) => serve(response, PEM, 500), /status 500/],
    ['is 503', (_, response) => serve(response, PEM, 503), /status 503/],
    ['is 201', (_, response) => serve(response, PEM, 201), /status 201/],
    ['is empty', (_, response) => serve(response, ''), /PEM|asn1|ASN1/i],
    ['is an HTML page', (_, response) => serve(response, '<html>maintenance</html>'), /PEM|asn1|ASN1/i],
    ['is truncated', (_, response) => serve(response, PEM.subarray(0, 900)), /PEM|asn1|ASN1/i],
    ['is too large', (_, response) => serve(response, Buffer.concat([PEM, Buffer.alloc(16 * 1024, '\n')])), /exceeds/],
    ['does not end', (_, response) => endless(response), /exceeds/],
    [
      'breaks off',
      (_, response) => void response.writeHead(200, { 'content-length': 5000 }).write(PEM, () => response.destroy()),
      /terminated/,
    ],
  ])('throws CertificateUnavailable when the response %s', async (_, listener, why) => {
    onRequest.mockImplementationOnce(listener);
    const certificateOf = newSource();
    const error = await certificateOf(`${origin}/a`).catch((error: unknown) => error);

    expect(error).toBeInstanceOf(CertificateUnavailable);
    expect(error).toMatchObject({ name: 'CertificateUnavailable', message: `cannot download certificate ${origin}/a` });
    expect((error as Error).cause).toMatchObject({ message: expect.stringMatching(why) });
    await expect(certificateOf(`${origin}/a`)).resolves.toBeDefined();
  });

  it.each([
    ['does not start', () => {}],
    ['does not end', (_, response) => void response.writeHead(200).write(PEM.subarray(0, 100))],
  ] satisfies [string, RequestListener][])(
    'throws CertificateUnavailable when the response %s in time',
    async (_, listener) => {
      onRequest.mockImplementationOnce(listener);
      const error = await newSource(100)(`${origin}/a`).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(CertificateUnavailable);
      expect(error).toMatchObject({ cause: { name: 'TimeoutError' } });
    },
  );

  it.each([301, 302, 307, 308])('throws CertificateUnavailable for a redirect (%i)', async (status) => {
    onRequest.mockImplementationOnce(
      (_, response) => void response.writeHead(status, { location: `${origin}/b` }).end(),
    );
    await expect(newSource()(`${origin}/a`)).rejects.toThrow(CertificateUnavailable);
    expect(paths()).toEqual(['/a']);
  });

  it.each([
    ['is an error', 503],
    ['is too large', 200],
  ])('throws CertificateUnavailable when the response %s, without reading the rest', async (_, status) => {
    const cancel = vi.fn();
    const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(PEM);
    const fetch = async () => new Response(new ReadableStream({ pull, cancel }), { status });
    const certificateOf = certificateSource({ fetch, timeoutMs: 2000, now: () => clock });
    await expect(certificateOf(`${origin}/a`)).rejects.toThrow(CertificateUnavailable);
    expect(cancel).toHaveBeenCalledOnce();
  });

  it('throws CertificateUnavailable when the connection is refused', async () => {
    await new Promise((resolve) => server.close(resolve));
    await expect(newSource()(`${origin}/a`)).rejects.toThrow(CertificateUnavailable);
  });
});
