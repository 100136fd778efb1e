import type { DynamoDBRecord } from 'aws-lambda';
import { type SessionId, sessionOf } from '../shared/ids.ts';

export interface ChangedPurchases {
  /** By session; each once. */
  readonly purchases: readonly SessionId[];
  /** Records of rows that belong to no purchase: the shop writes none. */
  readonly unknown: number;
}

/** The purchases that records of the streams of payments, sessions, reservations and orders have changed. */
export function changedPurchases(records: readonly Pick<DynamoDBRecord, 'dynamodb'>[]): ChangedPurchases {
  const sessions = records.map(({ dynamodb }) => {
    const { payment_id, checkout_session_id, order_id } = dynamodb?.Keys ?? {};
    return sessionOf((payment_id ?? checkout_session_id ?? order_id)?.S ?? '');
  });
  const purchases = new Set(sessions.filter((session) => session !== undefined));
  return { purchases: [...purchases], unknown: sessions.filter((session) => session === undefined).length };
}
