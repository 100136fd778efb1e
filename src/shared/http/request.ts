import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod/mini';
import { type FieldError, invalidRequest, Problem } from './problem.ts';

/**
 * The raw body. API Gateway passes text as it is, and other content types in base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export const bytesOf = ({ body, isBase64Encoded }: Pick<APIGatewayProxyEventV2, 'body' | 'isBase64Encoded'>): Buffer =>
  Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');

const MAX_BODY_BYTES = 64 * 1024;
const MAX_FIELD_ERRORS = 20;

/**
 * @throws Problem `invalid-request` with the invalid fields when the body is not JSON or does not match the schema;
 * `unsupported-media-type` when there is a body that is not declared as JSON; `body-too-large` beyond 64 KiB.
 */
export function parseBody<Schema extends z.core.$ZodType>(
  schema: Schema,
  event: Pick<APIGatewayProxyEventV2, 'headers' | 'body' | 'isBase64Encoded'>,
): z.output<Schema> {
  const bytes = bytesOf(event);
  if (bytes.length > 0 && !isJson(event.headers['content-type']))
    throw new Problem('unsupported-media-type', 'send the body with content-type application/json');
  if (bytes.length > MAX_BODY_BYTES)
    throw new Problem('body-too-large', `request body exceeds ${MAX_BODY_BYTES} bytes`);
  const data = parsed(schema, jsonFrom(bytes.toString('utf8')));
  const errors = malformedTexts(data);
  if (errors.length > 0) throw invalidRequest(errors.slice(0, MAX_FIELD_ERRORS));
  return data;
}

/** JSON can escape one half of a surrogate pair, and DynamoDB rejects text that contains it. */
function malformedTexts(value: unknown, path: readonly string[] = []): FieldError[] {
  if (typeof value === 'string')
    return value.isWellFormed() ? [] : [{ field: path.join('.'), detail: 'must be well-formed Unicode' }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => malformedTexts(inner, [...path, key]));
}

/** Browsers send other types to other sites without a preflight, so any page could make its visitors send requests. */
const isJson = (contentType = ''): boolean => contentType.split(';')[0]?.trim().toLowerCase() === 'application/json';

/** @throws Problem `invalid-request` with the invalid fields when the query does not match the schema. */
export const parseQuery = <Schema extends z.core.$ZodType>(
  schema: Schema,
  { queryStringParameters = {} }: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>,
): z.output<Schema> => parsed(schema, queryStringParameters);

function parsed<Schema extends z.core.$ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  // An issue without its input does not distinguish a missing field from one of the wrong type.
  const { success, data, error } = z.safeParse(schema, input, { reportInput: true });
  if (success) return data;
  throw invalidRequest(error.issues.flatMap(fieldErrors).slice(0, MAX_FIELD_ERRORS));
}

/** @throws Problem `invalid-request` when the text is not JSON. */
export function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidRequest([{ field: '', detail: 'not JSON' }], { cause });
  }
}

/** Texts of our own: the bundle excludes zod's messages. */
function fieldErrors(issue: z.core.$ZodIssue): FieldError[] {
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
              : `must be ${issue.expected === 'int' ? 'an integer' : `of type ${issue.expected}`}`,
        },
      ];
    case 'too_small':
      return [{ field, detail: `must be at least ${issue.minimum}${issue.origin === 'number' ? '' : ' long'}` }];
    case 'too_big':
      return [{ field, detail: `must be at most ${issue.maximum}${issue.origin === 'number' ? '' : ' long'}` }];
    default:
      return [{ field, detail: issue.message || 'invalid' }];
  }
}
