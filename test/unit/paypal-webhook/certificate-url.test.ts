import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { verifySignature } from '../../../src/paypal-webhook/verify-signature.ts';
import { aDelivery, trustAt, withHeaders } from './recorded.ts';

const FOLDER = 'https://api.paypal.com/v1/notifications/certs/';
const VALID = `${FOLDER}CERT-360caa42-fca2a594-b0d12406`;

async function isDownloaded(url: string, certificateOrigins: readonly string[] = ['https://api.paypal.com']) {
  const certificateOf = vi.fn(async () => undefined);
  const verdict = await verifySignature(withHeaders(aDelivery, { 'paypal-cert-url': url }), {
    ...trustAt(aDelivery.sentAt),
    certificateOrigins,
    certificateOf,
  });
  const reason = certificateOf.mock.calls.length > 0 ? 'certificate-unknown' : 'certificate-url';
  expect(verdict).toEqual({ genuine: false, reason });
  return reason === 'certificate-unknown';
}

it.each([
  ['another scheme', VALID.replace('https:', 'http:')],
  ['a host that begins like PayPal’s', VALID.replace('api.paypal.com', 'api.paypal.com.evil.example')],
  ['a host that ends like PayPal’s', VALID.replace('api.paypal.com', 'evilapi.paypal.com')],
  ['PayPal’s website', VALID.replace('api.paypal.com', 'www.paypal.com')],
  ['the other environment', VALID.replace('api.paypal.com', 'api.sandbox.paypal.com')],
  ['a dot after the host', VALID.replace('.com/', '.com./')],
  ['the usual port', VALID.replace('.com/', '.com:443/')],
  ['another port', VALID.replace('.com/', '.com:8443/')],
  ['an empty port', VALID.replace('.com/', '.com:/')],
  ['a user', VALID.replace('//', '//paypal@')],
  ['a user and a password', VALID.replace('//', '//a:b@')],
  ['an empty user', VALID.replace('//', '//@')],
  ['PayPal’s host as user', VALID.replace('.com/', '.com@evil.example/')],
  ['PayPal’s host as user, behind a backslash', `https://evil.example\\@${VALID.slice(8)}`],
  ['upper case in the scheme', VALID.replace('https', 'HTTPS')],
  ['upper case in the host', VALID.replace('paypal', 'PayPal')],
  ['upper case in the path', VALID.replace('certs', 'Certs')],
  ['wide letters in the host', VALID.replace('paypal', 'ｐａｙｐａｌ')],
  ['a percent code in the host', VALID.replace('paypal', 'p%61ypal')],
  ['a percent code in the path', VALID.replace('certs', '%63erts')],
  ['a percent code in the id', VALID.replace('CERT', '%43ERT')],
  ['an encoded slash', VALID.replace('certs/', 'certs%2f')],
  ['an encoded zero', `${VALID}%00`],
  ['backslashes', VALID.replaceAll('/', '\\')],
  ['one backslash', VALID.replace('certs/', 'certs\\')],
  ['a double-dot segment', VALID.replace('certs/', 'certs/../certs/')],
  ['a double-dot segment out of the folder', VALID.replace('certs/', 'certs/../')],
  ['an encoded double-dot segment', VALID.replace('certs/', 'certs/%2e%2e/certs/')],
  ['a single-dot segment', VALID.replace('certs/', 'certs/./')],
  ['a double slash', VALID.replace('certs/', 'certs//')],
  ['three slashes', VALID.replace('//', '///')],
  ['one slash', VALID.replace('//', '/')],
  ['another folder level', VALID.replace('certs/', 'certs/old/')],
  ['another folder', VALID.replace('certs/', 'webhooks/')],
  ['the folder within another', VALID.replace('/v1', '/files/v1')],
  ['no id', FOLDER],
  ['no slash and no id', FOLDER.slice(0, -1)],
  ['a slash after the id', `${VALID}/`],
  ['a file type', `${VALID}.pem`],
  ['a query', `${VALID}?a=b`],
  ['an empty query', `${VALID}?`],
  ['a fragment', `${VALID}#a`],
  ['an empty fragment', `${VALID}#`],
  ['parameters', `${VALID};a=b`],
  ['a leading space', ` ${VALID}`],
  ['a trailing space', `${VALID} `],
  ['a trailing line feed', `${VALID}\n`],
  ['a tab', VALID.replace('paypal', 'pay\tpal')],
  ['a second header joined to it', `${VALID},${VALID}`],
  ['a second header joined to it with a space', `${VALID}, ${VALID}`],
  ['another scheme around it', `blob:${VALID}`],
  ['no scheme', VALID.slice('https:'.length)],
  ['no host', VALID.slice('https://api.paypal.com'.length)],
  ['a data scheme', 'data:application/x-pem-file,'],
  ['no text', ''],
])('signatureVerifier downloads no certificate from a URL with %s', async (_, url) => {
  expect(await isDownloaded(url)).toBe(false);
});

it('signatureVerifier downloads no certificate when the allowed origins have another scheme, port or host', async () => {
  expect(await isDownloaded('http://127.0.0.1:4001/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isDownloaded('http://127.0.0.1/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isDownloaded('https://127.0.0.1:4000/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isDownloaded(VALID, [])).toBe(false);
});

it('signatureVerifier downloads certificates from every allowed origin, its port included', async () => {
  const origins = ['https://api.paypal.com', 'http://127.0.0.1:4000'];
  expect(await isDownloaded(VALID, origins)).toBe(true);
  expect(await isDownloaded('http://127.0.0.1:4000/v1/notifications/certs/a', origins)).toBe(true);
});

describe('signatureVerifier: generated certificate URLs', () => {
  const idCharacters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  const id = fc.string({ unit: fc.constantFrom(...idCharacters), minLength: 1, maxLength: 60 });
  const character = fc.oneof(
    fc.constantFrom(...'/\\.:@?#%;, \t\n\r\0'),
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );

  it('downloads any id of letters, digits, - and _ from PayPal’s folder', async () => {
    await fc.assert(
      fc.asyncProperty(id, async (text) => {
        expect(await isDownloaded(FOLDER + text)).toBe(true);
      }),
    );
  });

  it('rejects a URL with one character of the folder replaced, removed or added', async () => {
    const edit = fc.record({
      id,
      character,
      position: fc.nat(FOLDER.length - 1),
      removed: fc.nat(1),
      added: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(edit, async ({ id, character, position, removed, added }) => {
        const place = FOLDER.slice(0, position) + (added ? character : '') + FOLDER.slice(position + removed);
        fc.pre(place !== FOLDER);
        expect(await isDownloaded(place + id)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('rejects a URL with any other character in or after the id', async () => {
    const stranger = character.filter((text) => !idCharacters.includes(text));
    await fc.assert(
      fc.asyncProperty(id, stranger, fc.nat(60), async (text, character, position) => {
        expect(await isDownloaded(FOLDER + text.slice(0, position) + character + text.slice(position))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('rejects any other URL', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()),
        async (text) => {
          expect(await isDownloaded(text)).toBe(false);
          expect(await isDownloaded(text + VALID)).toBe(text === '');
          expect(await isDownloaded(`${VALID}/${text}`)).toBe(false);
        },
      ),
    );
  });
});
