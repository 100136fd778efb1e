import { createHmac } from 'node:crypto';
import { type OperatorResponse, signIn } from './operator.ts';
import { shop } from './shop.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** The code of an authenticator app. https://www.rfc-editor.org/rfc/rfc6238 @param secret in base32 */
export function totpCode(secret: string, at = Date.now()): string {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g) ?? [];
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / STEP_MS)));
  const hash = createHmac('sha1', Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))))
    .update(counter)
    .digest();
  const number = hash.readUInt32BE((hash.at(-1) ?? 0) & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** The code after the current one: each code is valid once. */
export const nextTotpCode = (secret: string): string => totpCode(secret, Date.now() + STEP_MS);

/** The secret of an `otpauth://` URL. */
export const secretOf = (otpauthUrl: string): string => new URL(otpauthUrl).searchParams.get('secret') ?? '';

/** Sets up an app for an operator who has none, and signs in. */
export async function signInWithNewApp(credentials: {
  readonly username: string;
  readonly password: string;
}): Promise<OperatorResponse> {
  const { body: setup } = await signIn(credentials);
  const { username, password } = credentials;
  const code = totpCode(secretOf(setup.otpauth_url));
  return shop('POST', '/api/v1/admin/sign-in', { username, password, code, session: setup.session });
}
