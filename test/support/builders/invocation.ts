import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

/** A Lambda context with the given remaining seconds. */
export const invocation = (seconds = 10) =>
  ({ awsRequestId: 'request', functionName: 'in-process', getRemainingTimeInMillis: () => seconds * 1000 }) as Context;

/** An API Gateway event; `claims` are those of a signed-in operator. */
export const httpEvent = (
  method: string,
  path: string,
  { headers = {}, body = '', claims }: { headers?: object; body?: string; claims?: object } = {},
): APIGatewayProxyEventV2 =>
  ({
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    isBase64Encoded: false,
    requestContext: {
      http: { method, path },
      requestId: 'r',
      timeEpoch: Date.now(),
      stage: '$default',
      domainName: 'test',
      ...(claims && { authorizer: { jwt: { claims } } }),
    },
  }) as unknown as APIGatewayProxyEventV2;
