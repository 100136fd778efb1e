import { DeleteCommand, type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../../../lib/names.ts';
import { orderIdOf, type PaymentId, type SessionId } from '../../../src/shared/ids.ts';

/** A step that fails until it is repaired. */
export interface FailingStep {
  readonly repair: () => Promise<unknown>;
}

/** The steps that `makeStepFail` supports. */
export const FAILABLE_STEPS = ['CommitStock', 'CompleteCheckout', 'CreateOrder'] as const;
type FailableStep = (typeof FAILABLE_STEPS)[number];

/**
 * Makes a step of one purchase fail permanently, by data that only this purchase uses: its reservation is deleted, its
 * session is unreadable, or an unreadable item takes the place of its order.
 */
export async function makeStepFail(
  step: FailableStep,
  { checkout_session_id, payment_id }: { readonly checkout_session_id: SessionId; readonly payment_id: PaymentId },
  db: DynamoDBDocumentClient,
  tables: Readonly<Record<TableName, string>>,
): Promise<FailingStep> {
  if (step === 'CreateOrder') {
    const Key = { order_id: orderIdOf(payment_id), part: 'order' };
    await db.send(new PutCommand({ TableName: tables.orders, Item: { ...Key, status: 'unreadable' } }));
    return { repair: () => db.send(new DeleteCommand({ TableName: tables.orders, Key })) };
  }
  const TableName = step === 'CommitStock' ? tables.reservations : tables['checkout-sessions'];
  const Key = { checkout_session_id };
  const { Item } = await db.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  if (step === 'CommitStock') await db.send(new DeleteCommand({ TableName, Key }));
  else await db.send(new PutCommand({ TableName, Item: { ...Item, items: 'unreadable' } }));
  return { repair: () => db.send(new PutCommand({ TableName, Item })) };
}
