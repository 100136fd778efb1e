import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import addFormats from 'ajv-formats';

/*
 * Validates requests and responses by PayPal's OpenAPI documents. Non-strict ajv can use OpenAPI 3.0 schemas as they
 * are: PayPal uses neither `nullable` nor keywords beside `$ref`. PayPal's own formats are not checked.
 */

interface Described {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, unknown>>;
}
interface Api {
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly requestBody?: Described;
  readonly responses: Readonly<Record<string, Described>>;
}

const APIS = [
  'checkout_orders_v2',
  'payments_payment_v2',
  'notifications_webhooks_v1',
  'customer_disputes_v1',
  'reporting_transactions_v1',
] as const;
export type ApiName = (typeof APIS)[number];

// Every test file compiles them again, so compile time counts.
const fast = { inlineRefs: false, code: { optimize: false } };
const ajv = new Ajv({ ...fast, strict: false, allErrors: true, logger: false, unicodeRegExp: false });
addFormats.default(ajv);

/** Recorded answers of Transaction Search are wider than its document: `+0000` without a colon, an empty list. */
function asRecorded(name: ApiName, api: string): string {
  if (name !== 'reporting_transactions_v1') return api;
  return api
    .replace('[+-][0-9]{2}:[0-9]{2})$', '[+-][0-9]{2}:?[0-9]{2})$')
    .replace(/("transaction_details": {.*"minItems":)1/, '$10');
}

const apis = new Map<ApiName, Api>(
  APIS.map((name) => {
    const file = new URL(`../fixtures/paypal/openapi/${name}.json`, import.meta.url);
    const api = JSON.parse(asRecorded(name, readFileSync(file, 'utf8')));
    ajv.addSchema(api, name);
    return [name, api];
  }),
);

export function openApi(name: ApiName): Api {
  const api = apis.get(name);
  if (!api) throw new RangeError(`no OpenAPI document ${name}`);
  return api;
}

/** Whether PayPal documents the call, among those that scripts/trim-paypal-openapi.ts keeps. */
export const isDescribed = (method: string, path: string): boolean => find(method, path) !== undefined;

/** Schema violations of a request body. */
export function requestErrors(method: string, path: string, body: unknown): string[] {
  const { operation, pointer } = describedCall(method, path);
  if (!operation.requestBody?.content) return [];
  return errorsOf(`${pointer}/requestBody/content/application~1json/schema`, body);
}

/** Schema violations of a response. */
export function responseErrors(method: string, path: string, status: number, body: unknown): string[] {
  const { name, operation, pointer } = describedCall(method, path);
  const key = operation.responses[status] ? String(status) : 'default';
  const response = operation.responses[key];
  if (!response) return [`status ${status} is not described`];
  const described = response.$ref ? `${name}${response.$ref}` : `${pointer}/responses/${key}`;
  if (!response.$ref && !response.content) return body === '' ? [] : ['expected an empty body'];
  return errorsOf(`${described}/content/application~1json/schema`, body);
}

export const schemaErrors = (name: ApiName, schema: string, value: unknown): string[] =>
  errorsOf(`${name}#/components/schemas/${schema}`, value);

function errorsOf(reference: string, value: unknown): string[] {
  const validate = ajv.getSchema(reference) ?? ajv.compile({ $ref: reference } satisfies AnySchema);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function describedCall(method: string, path: string) {
  const call = find(method, path);
  if (!call) throw new RangeError(`${method} ${path} is not in PayPal's OpenAPI documents`);
  return call;
}

function find(method: string, path: string) {
  const { pathname } = new URL(path, 'http://localhost');
  for (const [name, { paths }] of apis) {
    for (const [template, operations] of Object.entries(paths)) {
      const operation = operations[method.toLowerCase()];
      const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      if (!operation || !pattern.test(pathname)) continue;
      const key = template.replaceAll('~', '~0').replaceAll('/', '~1');
      return { name, operation, pointer: `${name}#/paths/${encodeURI(key)}/${method.toLowerCase()}` };
    }
  }
  return undefined;
}
