import { createServer } from 'node:http';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { documentClient } from '../../../src/shared/dynamo.ts';

/** A DynamoDB of our own, which emulators do not turn anybody away from. */
export interface FailingTable {
  read(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a DynamoDB that answers the first so many requests with an error, and the others. */
export async function startFailingTable(error: string, times: number): Promise<FailingTable> {
  let requests = 0;
  const server = createServer((_, answer) => {
    requests += 1;
    const refuses = requests <= times;
    answer.writeHead(refuses ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    answer.end(JSON.stringify(refuses ? { __type: `com.amazonaws.dynamodb.v20120810#${error}` } : {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no address');
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${address.port}`);
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'any');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'any');
  const db = documentClient();
  return {
    read: () => db.send(new GetCommand({ TableName: 'products', Key: { sku: 'A' } })),
    async stop() {
      vi.unstubAllEnvs();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
