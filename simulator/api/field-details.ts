import type * as z from 'zod/mini';
import type { ErrorDetail } from '../state/errors.ts';

/** Translates zod issues to PayPal's error details. */
export function fieldDetails(error: z.core.$ZodError, body: unknown): ErrorDetail[] {
  return error.issues.map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    const value = path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown> | undefined)?.[key], body);
    return {
      field: `/${path.join('/')}`,
      value: typeof value === 'object' ? undefined : String(value ?? ''),
      location: 'body',
      issue: issueName(issue, value),
    };
  });
}

function issueName(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined) return 'MISSING_REQUIRED_PARAMETER';
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'array' ? 'INVALID_ARRAY_MIN_ITEMS' : 'INVALID_STRING_LENGTH';
    case 'too_big':
      return issue.origin === 'array' ? 'INVALID_ARRAY_MAX_ITEMS' : 'INVALID_STRING_LENGTH';
    case 'invalid_value':
      return 'INVALID_PARAMETER_VALUE';
    case 'unrecognized_keys':
      return 'NOT_SUPPORTED';
    default:
      return 'INVALID_PARAMETER_SYNTAX';
  }
}
