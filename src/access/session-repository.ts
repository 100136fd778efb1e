import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { batchGet } from '../shared/dynamo.ts';

const operatorSchema = z.object({ generation: z._default(z.number(), 0) });
const sessionSchema = z.object({ generation: z.number() });

export interface OperatorSession {
  readonly username: string;
  /** The claim `origin_jti`: one value for all tokens of a sign-in. */
  readonly sessionId: string;
}

/**
 * The only code that accesses the items of kinds `operator` and `session` in the access table. A session is open while
 * its item has the generation of its operator, so that one write ends all sessions of an operator. Usernames are
 * case-insensitive, as in the pool.
 */
export const sessionRepository = (db: DynamoDBDocumentClient, tableName: string) => {
  const operatorKey = (username: string) => ({ kind: 'operator', id: username.toLowerCase() });
  const sessionKey = ({ username, sessionId }: OperatorSession) => ({
    kind: 'session',
    id: `${username.toLowerCase()}#${sessionId}`,
  });

  return {
    /** The generation of sessions that begin now. Read before the password is checked. */
    async generation(username: string): Promise<number> {
      const { Item = {} } = await db.send(
        new GetCommand({ TableName: tableName, Key: operatorKey(username), ConsistentRead: true }),
      );
      return z.parse(operatorSchema, Item).generation;
    },

    /** @param expiresAt after the last token of the session */
    async open(session: OperatorSession, generation: number, expiresAt: Date): Promise<void> {
      await db.send(
        new PutCommand({
          TableName: tableName,
          Item: { ...sessionKey(session), generation, expires_at: Math.ceil(expiresAt.getTime() / 1000) },
        }),
      );
    },

    async isOpen(session: OperatorSession): Promise<boolean> {
      const keys = [operatorKey(session.username), sessionKey(session)];
      const items = await batchGet(db, tableName, { Keys: keys, ConsistentRead: true });
      const stored = items.find(({ kind }) => kind === 'session');
      if (!stored) return false;
      const operator = z.parse(operatorSchema, items.find(({ kind }) => kind === 'operator') ?? {});
      return z.parse(sessionSchema, stored).generation === operator.generation;
    },

    async end(session: OperatorSession): Promise<void> {
      await db.send(new DeleteCommand({ TableName: tableName, Key: sessionKey(session) }));
    },

    /** Ends all sessions of an operator. @returns the generation of the next ones */
    async endAll(username: string): Promise<number> {
      const { Attributes } = await db.send(
        new UpdateCommand({
          TableName: tableName,
          Key: operatorKey(username),
          UpdateExpression: 'ADD generation :one',
          ExpressionAttributeValues: { ':one': 1 },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return z.parse(operatorSchema, Attributes).generation;
    },
  };
};
export type SessionRepository = ReturnType<typeof sessionRepository>;
