import { deflateRawSync, inflateRawSync } from 'node:zlib';

/*
 * DynamoDB charges a write for each 1 kB of an item, and each event is written three times: a body of PayPal's is 2 to
 * 4 kB, and 1 kB compressed.
 */

export const compressed = (body: string): Uint8Array => deflateRawSync(body);

/** @param stored text in events stored before 0.2, and in erased ones */
export const bodyOf = (stored: string | Uint8Array<ArrayBuffer>): string =>
  typeof stored === 'string' ? stored : inflateRawSync(stored).toString('utf8');
