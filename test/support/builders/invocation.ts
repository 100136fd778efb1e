import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

/** The context of an invocation with this much time left. */
export const invocation = (seconds = 10) =>
  ({ awsRequestId: 'request', functionName: 'in-process', getRemainingTimeInMillis: () => seconds * 1000 }) as Context;

export interface HttpRequest {
  /** Sent as JSON; a string is sent as is. */
  readonly body?: unknown;
  readonly headers?: object;
  /** API Gateway encodes binary bodies in base64. */
  readonly base64?: boolean;
}

/** An HTTP API event, payload format 2.0. */
export function httpEvent(
  method: string,
  path: string,
  { body, headers = {}, base64 = false }: HttpRequest = {},
): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = path.split('?');
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const requestContext = {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'shop.example',
    domainPrefix: 'shop',
    http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: 'request',
    routeKey: '$default',
    stage: '$default',
    time: '01/Jun/2026:12:00:00 +0000',
    timeEpoch: Date.now(),
  };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...(rawQueryString && { queryStringParameters: Object.fromEntries(new URLSearchParams(rawQueryString)) }),
    headers: { host: 'shop.example', 'content-type': 'application/json', ...headers },
    requestContext,
    isBase64Encoded: base64,
    ...(text !== undefined && { body: base64 ? Buffer.from(text).toString('base64') : text }),
  };
}
