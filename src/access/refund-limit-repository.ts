import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { conditionHolds, writtenOrExisting } from '../shared/dynamo.ts';
import type { Money } from '../shared/money.ts';

const countSchema = z.object({ minor: z.number(), requests: z.optional(z.instanceof(Set)) });
const operatorSchema = z.object({ refund_limit: z.optional(z.number()) });

/** One refund of a caller's day. */
export interface CountedRefund {
  readonly caller: string;
  readonly amount: Money;
  /** Identifies the refund: it is counted once, however often it is requested. */
  readonly request: string;
  readonly at: Date;
}

/** Counts are only needed on their day; the rest is for questions about it. */
const RETENTION_DAYS = 30;

/**
 * The only code that accesses the items of kind `refunds` in the access table: what a caller has refunded on a day (UTC)
 * in a currency.
 */
export const refundLimitRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const keyOf = ({ caller, amount, at }: CountedRefund) => ({
    kind: 'refunds',
    id: `${at.toISOString().slice(0, 10)}#${amount.currency}#${caller}`,
  });
  return {
    /** The limit of one operator, in major units; undefined for the stage's. */
    async ofOperator(username: string): Promise<number | undefined> {
      const key = { kind: 'operator', id: username.toLowerCase() };
      const { Item = {} } = await db.send(new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true }));
      return z.parse(operatorSchema, Item).refund_limit;
    },

    /**
     * Counts a refund unless the day's total would exceed the limit.
     * @param limit in minor units
     * @returns what is left of the limit when it would be exceeded; `before` when another call has counted the refund.
     */
    async count(refund: CountedRefund, limit: number): Promise<'counted' | 'before' | { readonly left: number }> {
      const { amount, request, at } = refund;
      const expiresAt = Math.floor(at.getTime() / 1000) + RETENTION_DAYS * 86_400;
      // Without a stored total, `minor <= :highest` is false.
      const fits = amount.minor <= limit ? '(attribute_not_exists(minor) OR minor <= :highest)' : 'minor <= :highest';
      const result = await writtenOrExisting(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(refund),
            UpdateExpression: 'SET expires_at = :expiresAt ADD minor :amount, requests :requests',
            ConditionExpression: `${fits} AND NOT contains(requests, :request)`,
            ExpressionAttributeValues: {
              ':expiresAt': expiresAt,
              ':amount': amount.minor,
              ':requests': new Set([request]),
              ':request': request,
              ':highest': limit - amount.minor,
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        ),
      );
      if ('written' in result) return 'counted';
      const { minor, requests } = z.parse(countSchema, result.found ?? { minor: 0 });
      return requests?.has(request) ? 'before' : { left: Math.max(0, limit - minor) };
    },

    /** Takes back the count of a refund that PayPal has rejected. */
    async discount(refund: CountedRefund): Promise<void> {
      const { amount, request } = refund;
      await conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(refund),
            UpdateExpression: 'ADD minor :amount DELETE requests :requests',
            ConditionExpression: 'contains(requests, :request)',
            ExpressionAttributeValues: {
              ':amount': -amount.minor,
              ':requests': new Set([request]),
              ':request': request,
            },
          }),
        ),
      );
    },
  };
};
export type RefundLimitRepository = ReturnType<typeof refundLimitRepository>;
