import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { inject } from 'vitest';
import { CREDENTIALS } from '../../local/ministack.ts';

const { endpoint, region } = inject('aws');
const lambda = new LambdaClient({ endpoint, region, credentials: CREDENTIALS });

/** The answer of the operators' API. */
export interface OperatorAnswer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
}

/**
 * Calls the operators' function as API Gateway would, with what its authorizer has verified: the route itself lets nobody in yet.
 */
export async function asOperator(path: string, body: unknown, groups = '[operators]'): Promise<OperatorAnswer> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const { FunctionName } = Functions.find(({ Description = '' }) => Description.startsWith('lambdas/admin/')) ?? {};
  const event = {
    version: '2.0',
    routeKey: 'ANY /api/v1/admin/{proxy+}',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'test',
      stage: '$default',
      domainName: 'test',
      http: { method: 'POST', path },
      authorizer: { jwt: { claims: { sub: 'ada', 'cognito:groups': groups } } },
    },
  };
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const { statusCode, body: text } = JSON.parse(Buffer.from(Payload ?? []).toString());
  return { status: statusCode, body: JSON.parse(text) };
}
