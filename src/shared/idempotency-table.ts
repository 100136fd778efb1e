import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Idempotency keys and processed events. Without `dynamo`, Powertools would create a client of its own. */
export const idempotencyTable = (dynamo: DynamoDBClient, tableName: string) =>
  new DynamoDBPersistenceLayer({ tableName, awsSdkV3Client: dynamo });
