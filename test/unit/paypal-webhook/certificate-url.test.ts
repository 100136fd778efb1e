import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { verifySignature } from '../../../src/paypal-webhook/verify-signature.ts';
import { aDelivery, trustAt, withHeaders } from './recorded.ts';

const PLACE = 'https://api.paypal.com/v1/notifications/certs/';
const GOOD = `${PLACE}CERT-360caa42-fca2a594-b0d12406`;

async function isAskedFor(url: string, certificateOrigins: readonly string[] = ['https://api.paypal.com']) {
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
  ['another scheme', GOOD.replace('https:', 'http:')],
  ['a host that begins like PayPal’s', GOOD.replace('api.paypal.com', 'api.paypal.com.evil.example')],
  ['a host that ends like PayPal’s', GOOD.replace('api.paypal.com', 'evilapi.paypal.com')],
  ['PayPal’s website', GOOD.replace('api.paypal.com', 'www.paypal.com')],
  ['the other environment', GOOD.replace('api.paypal.com', 'api.sandbox.paypal.com')],
  ['a dot after the host', GOOD.replace('.com/', '.com./')],
  ['the usual port', GOOD.replace('.com/', '.com:443/')],
  ['another port', GOOD.replace('.com/', '.com:8443/')],
  ['an empty port', GOOD.replace('.com/', '.com:/')],
  ['a user', GOOD.replace('//', '//paypal@')],
  ['a user and a password', GOOD.replace('//', '//a:b@')],
  ['an empty user', GOOD.replace('//', '//@')],
  ['PayPal’s host as user', GOOD.replace('.com/', '.com@evil.example/')],
  ['PayPal’s host as user, behind a backslash', `https://evil.example\\@${GOOD.slice(8)}`],
  ['upper case in the scheme', GOOD.replace('https', 'HTTPS')],
  ['upper case in the host', GOOD.replace('paypal', 'PayPal')],
  ['upper case in the path', GOOD.replace('certs', 'Certs')],
  ['wide letters in the host', GOOD.replace('paypal', 'ｐａｙｐａｌ')],
  ['a percent code in the host', GOOD.replace('paypal', 'p%61ypal')],
  ['a percent code in the path', GOOD.replace('certs', '%63erts')],
  ['a percent code in the id', GOOD.replace('CERT', '%43ERT')],
  ['an encoded slash', GOOD.replace('certs/', 'certs%2f')],
  ['an encoded zero', `${GOOD}%00`],
  ['backslashes', GOOD.replaceAll('/', '\\')],
  ['one backslash', GOOD.replace('certs/', 'certs\\')],
  ['a step up', GOOD.replace('certs/', 'certs/../certs/')],
  ['a step up out of the place', GOOD.replace('certs/', 'certs/../')],
  ['an encoded step up', GOOD.replace('certs/', 'certs/%2e%2e/certs/')],
  ['a step on the spot', GOOD.replace('certs/', 'certs/./')],
  ['a double slash', GOOD.replace('certs/', 'certs//')],
  ['three slashes', GOOD.replace('//', '///')],
  ['one slash', GOOD.replace('//', '/')],
  ['a folder more', GOOD.replace('certs/', 'certs/old/')],
  ['another place', GOOD.replace('certs/', 'webhooks/')],
  ['the place within another', GOOD.replace('/v1', '/files/v1')],
  ['no id', PLACE],
  ['no slash and no id', PLACE.slice(0, -1)],
  ['a slash after the id', `${GOOD}/`],
  ['a file type', `${GOOD}.pem`],
  ['a query', `${GOOD}?a=b`],
  ['an empty query', `${GOOD}?`],
  ['a fragment', `${GOOD}#a`],
  ['an empty fragment', `${GOOD}#`],
  ['parameters', `${GOOD};a=b`],
  ['a space in front', ` ${GOOD}`],
  ['a space behind', `${GOOD} `],
  ['a line feed behind', `${GOOD}\n`],
  ['a tab within', GOOD.replace('paypal', 'pay\tpal')],
  ['a second header joined to it', `${GOOD},${GOOD}`],
  ['a second header joined to it with a space', `${GOOD}, ${GOOD}`],
  ['another scheme around it', `blob:${GOOD}`],
  ['no scheme', GOOD.slice('https:'.length)],
  ['no host', GOOD.slice('https://api.paypal.com'.length)],
  ['no place on the net', 'data:application/x-pem-file,'],
  ['nothing', ''],
])('no certificate is asked for at a URL with %s', async (_, url) => {
  expect(await isAskedFor(url)).toBe(false);
});

it('no certificate is asked for where the list names another scheme, port or host', async () => {
  expect(await isAskedFor('http://127.0.0.1:4001/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isAskedFor('http://127.0.0.1/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isAskedFor('https://127.0.0.1:4000/v1/notifications/certs/a', ['http://127.0.0.1:4000'])).toBe(false);
  expect(await isAskedFor(GOOD, [])).toBe(false);
});

it('a certificate is asked for at every origin of the list, its port included', async () => {
  const origins = ['https://api.paypal.com', 'http://127.0.0.1:4000'];
  expect(await isAskedFor(GOOD, origins)).toBe(true);
  expect(await isAskedFor('http://127.0.0.1:4000/v1/notifications/certs/a', origins)).toBe(true);
});

describe('whatever a sender writes', () => {
  const idCharacters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
  const id = fc.string({ unit: fc.constantFrom(...idCharacters), minLength: 1, maxLength: 60 });
  const character = fc.oneof(
    fc.constantFrom(...'/\\.:@?#%;, \t\n\r\0'),
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );

  it('any id of letters, digits, - and _ at PayPal’s place is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(id, async (text) => {
        expect(await isAskedFor(PLACE + text)).toBe(true);
      }),
    );
  });

  it('no URL is asked for with one character of the place replaced, removed or added', async () => {
    const edit = fc.record({
      id,
      character,
      position: fc.nat(PLACE.length - 1),
      removed: fc.nat(1),
      added: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(edit, async ({ id, character, position, removed, added }) => {
        const place = PLACE.slice(0, position) + (added ? character : '') + PLACE.slice(position + removed);
        fc.pre(place !== PLACE);
        expect(await isAskedFor(place + id)).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('no URL is asked for with any other character in or behind the id', async () => {
    const stranger = character.filter((text) => !idCharacters.includes(text));
    await fc.assert(
      fc.asyncProperty(id, stranger, fc.nat(60), async (text, character, position) => {
        expect(await isAskedFor(PLACE + text.slice(0, position) + character + text.slice(position))).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('no other URL is asked for', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.string()),
        async (text) => {
          expect(await isAskedFor(text)).toBe(false);
          expect(await isAskedFor(text + GOOD)).toBe(text === '');
          expect(await isAskedFor(`${GOOD}/${text}`)).toBe(false);
        },
      ),
    );
  });
});
