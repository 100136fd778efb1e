import { createServer } from 'node:http';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { documentClient } from '../../../src/shared/dynamo.ts';

/** A DynamoDB endpoint that returns errors, which emulators never do. */
export interface FailingTable {
  read(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a DynamoDB endpoint whose first `times` requests fail with an error. */
export async function startFailingTable(error: string, times: number): Promise<FailingTable> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    const fails = requests <= times;
    response.writeHead(fails ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(fails ? { __type: `com.amazonaws.dynamodb.v20120810#${error}` } : {}));
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
