import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { conditionHolds } from '../shared/dynamo.ts';
import type { Invariant, Violation } from './checks/violation.ts';
import { type Finding, findingIdOf, findingSchema, toStoredFinding } from './finding.ts';

/** A page of findings; no cursor on the last one. */
export interface FindingPage {
  readonly findings: readonly Finding[];
  readonly cursor?: string;
}

const KIND = 'finding';

/** The only code that accesses the items of kind `finding` in the operations table. */
export const findingRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  return {
    /**
     * Open findings, of one invariant or of all, ordered by id. A page may be empty without being the last.
     * @param cursor of the previous page
     */
    async open(cursor?: string, limit = 100, invariant?: Invariant): Promise<FindingPage> {
      const { Items = [], LastEvaluatedKey } = await db.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: `kind = :kind${invariant ? ' AND begins_with(id, :invariant)' : ''}`,
          FilterExpression: 'attribute_not_exists(closed_at)',
          ExpressionAttributeValues: {
            ':kind': KIND,
            ...(invariant && { ':invariant': findingIdOf({ invariant, subject: '' }) }),
          },
          ConsistentRead: true,
          Limit: limit,
          ...(cursor !== undefined && { ExclusiveStartKey: { kind: KIND, id: cursor } }),
        }),
      );
      return {
        findings: Items.map((item) => findingSchema.parse(item)),
        ...(LastEvaluatedKey && { cursor: String(LastEvaluatedKey.id) }),
      };
    },

    /** Open or closed. Consistent read. */
    async get(id: string): Promise<Finding | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { kind: KIND, id }, ConsistentRead: true }),
      );
      return Item && findingSchema.parse(Item);
    },

    /** Records a violation: updates its open finding, or opens a new one where the last was closed. */
    async put(violation: Violation, at: Date): Promise<void> {
      const id = findingIdOf(violation);
      const now = at.toISOString();
      const { what, repair } = violation;
      const update = db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { kind: KIND, id },
          UpdateExpression: 'SET what = :what, repair = :repair, last_seen = :now',
          ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(closed_at)',
          ExpressionAttributeValues: { ':what': what, ':repair': repair, ':now': now },
        }),
      );
      if (await conditionHolds(update)) return;
      const finding: Finding = { ...violation, id, first_seen: now, last_seen: now };
      await conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: { kind: KIND, ...toStoredFinding(finding) },
            // A concurrent run may have recorded the same violation.
            ConditionExpression: 'attribute_not_exists(id) OR attribute_exists(closed_at)',
          }),
        ),
      );
    },

    /** @returns false when the finding is not open. */
    close: (id: string, at: Date): Promise<boolean> =>
      conditionHolds(
        db.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { kind: KIND, id },
            UpdateExpression: 'SET closed_at = :now',
            ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(closed_at)',
            ExpressionAttributeValues: { ':now': at.toISOString() },
          }),
        ),
      ),
  };
};
export type FindingRepository = ReturnType<typeof findingRepository>;
