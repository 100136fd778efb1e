/** Crockford's base32, as in ULIDs: https://github.com/ulid/spec#encoding */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** One character for each byte, with five bits of it. */
export const crockfordOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
