import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Call, responseErrors } from './api-document.ts';

export interface ReadResponse {
  readonly status: number | undefined;
  /** With all cookies as `set-cookie`. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** Untyped: every response is validated by the document. */
  readonly body: ReturnType<typeof JSON.parse>;
}

export function readResponse(response: APIGatewayProxyStructuredResultV2 | string): ReadResponse {
  if (typeof response === 'string') throw new Error('expected a structured response');
  const { statusCode, headers = {}, body = '', cookies } = response;
  return {
    status: statusCode,
    headers: { ...headers, ...(cookies && { 'set-cookie': cookies.join(', ') }) },
    body: body === '' || headers['content-type'] === 'text/csv' ? body : JSON.parse(body),
  };
}

/** Sends calls of the document, with an id for their path. @throws Error when the response violates the document. */
export const describedCalls =
  <Request extends object>(send: (method: string, path: string, request: Request) => Promise<ReadResponse>) =>
  async (call: Call, request: Request & { readonly id?: string }): Promise<ReadResponse> => {
    const [method = '', template = ''] = call.split(' ');
    const response = await send(method, template.replace('{id}', request.id ?? ''), request);
    const { status = 0, headers, body } = response;
    const errors = responseErrors(call, {
      statusCode: status,
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    if (errors.length > 0) throw new Error(`${call}: ${errors.join('; ')}: ${JSON.stringify(response)}`);
    return response;
  };
