import type { DynamoDBRecord } from 'aws-lambda';
import { type SessionId, sessionOf } from '../shared/ids.ts';

type ChangedRow = Pick<DynamoDBRecord, 'dynamodb'>;

export interface ChangedRows {
  /** Purchases with a changed payment, session, reservation or order, by session; each once. */
  readonly purchases: readonly SessionId[];
  /** Records of products. */
  readonly products: readonly ChangedRow[];
  /** Records of rows that belong to no purchase: the shop writes none. */
  readonly unknown: number;
}

/** Sorts the records of the streams of all tables with purchases and products. */
export function changedRows(records: readonly ChangedRow[]): ChangedRows {
  const products = records.filter(({ dynamodb }) => dynamodb?.Keys?.sku);
  const others = records.filter(({ dynamodb }) => !dynamodb?.Keys?.sku);
  const sessions = others.map(({ dynamodb }) => {
    const { payment_id, checkout_session_id, order_id } = dynamodb?.Keys ?? {};
    return sessionOf((payment_id ?? checkout_session_id ?? order_id)?.S ?? '');
  });
  const purchases = sessions.filter((session) => session !== undefined);
  return { purchases: [...new Set(purchases)], products, unknown: sessions.length - purchases.length };
}
