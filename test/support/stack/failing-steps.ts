import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../../../lib/names.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../../../src/shared/ids.ts';

/** What a step needs was spoiled; it fails until that is mended. */
export interface FailingStep {
  readonly mend: () => Promise<unknown>;
}

/** Which of a purchase's steps cannot be done. */
export const FAILABLE_STEPS = ['CommitStock', 'CompleteCheckout', 'CreateOrder'] as const;
type Spoilable = (typeof FAILABLE_STEPS)[number];

/**
 * Makes a step of one purchase fail, whatever is tried, by spoiling what only this purchase needs: its reservation is put away, its
 * session is unreadable, or something lies where its order would.
 */
export async function makeStepFail(
  step: Spoilable,
  { checkout_session_id, payment_id }: { readonly checkout_session_id: SessionId; readonly payment_id: PaymentId },
  db: DynamoDBDocumentClient,
  tables: Readonly<Record<TableName, string>>,
): Promise<FailingStep> {
  if (step === 'CreateOrder') {
    const Key = { order_id: orderIdOf(payment_id), part: 'order' };
    await db.send(new PutCommand({ TableName: tables.orders, Item: { ...Key, status: 'spoiled' } }));
    return { mend: () => db.send(new DeleteCommand({ TableName: tables.orders, Key })) };
  }
  const TableName = step === 'CommitStock' ? tables.reservations : tables['checkout-sessions'];
  const Key = { checkout_session_id };
  const { Item } = await db.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  if (step === 'CommitStock') await db.send(new DeleteCommand({ TableName, Key }));
  else await db.send(new PutCommand({ TableName, Item: { ...Item, items: 'spoiled' } }));
  return { mend: () => db.send(new PutCommand({ TableName, Item })) };
}
