import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { expect, it, vi } from 'vitest';
import { sessionRepository } from '../../../src/access/session-repository.ts';

it('a session that has ended is not open when DynamoDB returns its operator in a second response', async () => {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-central-1' }));
  const operator = { kind: 'operator', id: 'ada' };
  vi.spyOn(db, 'send')
    .mockImplementationOnce(async () => ({
      Responses: { access: [{ kind: 'session', id: 'ada#one', generation: 0 }] },
      UnprocessedKeys: { access: { Keys: [operator] } },
    }))
    .mockImplementationOnce(async () => ({ Responses: { access: [{ ...operator, generation: 1 }] } }));

  expect(await sessionRepository(db, 'access').isOpen({ username: 'ada', sessionId: 'one' })).toBe(false);
});
