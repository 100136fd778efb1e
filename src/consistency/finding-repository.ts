import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { conditionHolds } from '../shared/dynamo.ts';
import {
  type Finding,
  findingIdOf,
  findingSchema,
  type Invariant,
  toStoredFinding,
  type Violation,
} from './finding.ts';

/** Some findings, and where to go on; no cursor when these were the last. */
export interface FindingPage {
  readonly findings: readonly Finding[];
  readonly cursor?: string;
}

const KIND = 'finding';

/** The only code that knows how findings lie in DynamoDB: entries of the operations table, of the kind `finding`. */
export const findingRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  return {
    /**
     * Findings that hold, of one invariant or of all, in the order of their ids; a page may be empty and yet not the last. `cursor` is
     * where the page before ended.
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

    /** A finding, whether it still holds or not. */
    async get(id: string): Promise<Finding | undefined> {
      const { Item } = await db.send(
        new GetCommand({ TableName: tableName, Key: { kind: KIND, id }, ConsistentRead: true }),
      );
      return Item && findingSchema.parse(Item);
    },

    /** Notes that a violation was seen. One that had been mended and is there again is a new one. */
    async put(violation: Violation, at: Date): Promise<void> {
      const id = findingIdOf(violation);
      const now = at.toISOString();
      const { what, repair } = violation;
      const seenAgain = db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { kind: KIND, id },
          UpdateExpression: 'SET what = :what, repair = :repair, last_seen = :now',
          ConditionExpression: 'attribute_exists(id) AND attribute_not_exists(closed_at)',
          ExpressionAttributeValues: { ':what': what, ':repair': repair, ':now': now },
        }),
      );
      if (await conditionHolds(seenAgain)) return;
      const finding: Finding = { ...violation, id, first_seen: now, last_seen: now };
      await conditionHolds(
        db.send(
          new PutCommand({
            TableName: tableName,
            Item: { kind: KIND, ...toStoredFinding(finding) },
            // Should another run have noted it this very moment, it knows as much.
            ConditionExpression: 'attribute_not_exists(id) OR attribute_exists(closed_at)',
          }),
        ),
      );
    },

    /** Notes that a finding holds no more. @returns false when there is none that did. */
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
/** What `findingRepository` makes. */
export type FindingRepository = ReturnType<typeof findingRepository>;
