import { randomBytes } from 'node:crypto';

const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const randomCode = (length: number): string =>
  Array.from(randomBytes(length), (byte) => CHARACTERS[byte % CHARACTERS.length]).join('');

/** An order, capture, refund or webhook id in PayPal's format: 17 letters and digits. */
export const newId = (): string => randomCode(17);

/** An event id in PayPal's format: `WH-` and twice 17 letters and digits. */
export const newEventId = (): string => `WH-${randomCode(17)}-${randomCode(17)}`;

/** A dispute id in PayPal's format: `PP-D-` and a number. */
export const newDisputeId = (): string => `PP-D-${randomBytes(4).readUInt32BE()}`;

/** PayPal's correlation id, sent as `paypal-debug-id` and as `correlation-id`: 13 hexadecimal digits. */
export const newDebugId = (): string => randomBytes(7).toString('hex').slice(0, 13);
