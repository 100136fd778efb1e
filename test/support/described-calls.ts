import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { answerErrors, type Call } from './api-document.ts';

/** An answer, read. */
export interface ReadResponse {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Whatever the document says, to which every answer is held. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Reads what a function answers. */
export function readResponse(answer: APIGatewayProxyStructuredResultV2 | string): ReadResponse {
  if (typeof answer === 'string') throw new Error('an answer has a status');
  const { statusCode, headers = {}, body = '' } = answer;
  return { status: statusCode, headers, body: JSON.parse(body) };
}

/** Makes calls of the document, with an id where their path has one. @throws Error when the answer is not as described. */
export const describedCalls =
  <Request extends object>(send: (method: string, path: string, request: Request) => Promise<ReadResponse>) =>
  async (call: Call, request: Request & { readonly id?: string }): Promise<ReadResponse> => {
    const [method = '', template = ''] = call.split(' ');
    const answer = await send(method, template.replace('{id}', request.id ?? ''), request);
    const { status = 0, headers, body } = answer;
    const errors = answerErrors(call, { statusCode: status, headers, body: JSON.stringify(body) });
    if (errors.length > 0) throw new Error(`${call}: ${errors.join('; ')}: ${JSON.stringify(answer)}`);
    return answer;
  };
