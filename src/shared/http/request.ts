import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { type FieldError, invalidRequest, Problem } from './problem.ts';

/**
 * The body's bytes as they were sent: API Gateway hands over text as it is, and anything else in base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const bytesOf = ({ body, isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

/** No request needs more; a shopper's largest basket has some 25 kilobytes. */
const LARGEST_BODY = 64 * 1024;
/** Nobody reads more complaints than these about one request. */
const MOST_COMPLAINTS = 20;

/**
 * Reads a JSON body.
 * @throws Problem `invalid-request`, naming the field, when it is not JSON or not of that shape; `body-too-large` beyond 64 KiB.
 */
export function parseBody<Schema extends z.core.$ZodType>(
  schema: Schema,
  event: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>,
): z.output<Schema> {
  const bytes = bytesOf(event);
  if (bytes.length > LARGEST_BODY) throw new Problem('body-too-large', `a request may have ${LARGEST_BODY} bytes`);
  return parsed(schema, jsonFrom(bytes.toString('utf8')));
}

/**
 * Reads the query of a request.
 * @throws Problem `invalid-request`, naming the field, when it is not of that shape.
 */
export const parseQuery = <Schema extends z.core.$ZodType>(
  schema: Schema,
  { queryStringParameters = {} }: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>,
): z.output<Schema> => parsed(schema, queryStringParameters);

function parsed<Schema extends z.core.$ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  // Without its input, an issue cannot tell a field that is missing from one of the wrong type.
  const { success, data, error } = z.safeParse(schema, input, { reportInput: true });
  if (success) return data;
  throw invalidRequest(error.issues.flatMap(complaints).slice(0, MOST_COMPLAINTS));
}

/**
 * Reads JSON.
 * @throws Problem `invalid-request` when it is none.
 */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidRequest([{ field: '', detail: 'not JSON' }], { cause });
  }
}

/** One zod issue in words; zod's own messages are left out of the bundle. */
function complaints(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  const field = path.join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ field: [...path, key].join('.'), detail: 'unknown field' }));
    case 'invalid_type':
      return [
        {
          field,
          detail:
            issue.input === undefined
              ? 'missing'
              : `must be ${issue.expected === 'int' ? 'a whole number' : `of type ${issue.expected}`}`,
        },
      ];
    case 'too_small':
      return [{ field, detail: `must be at least ${issue.minimum}${issue.origin === 'number' ? '' : ' long'}` }];
    case 'too_big':
      return [{ field, detail: `must be at most ${issue.maximum}${issue.origin === 'number' ? '' : ' long'}` }];
    default:
      return [{ field, detail: issue.message || 'not valid' }];
  }
}
