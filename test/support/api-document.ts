import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/*
 * Validates requests and responses by docs/openapi.yaml. Clients must ignore unknown fields; here a response must not
 * have any, so that every field is described.
 */

interface Described {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, { readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Schema {
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
}
interface Parameter {
  readonly $ref?: string;
  readonly in?: string;
  readonly name?: string;
}
interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly requestBody?: { readonly required?: boolean; readonly content: NonNullable<Described['content']> };
  readonly responses: Readonly<Record<string, Described>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, Described>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

/** Such as `GET /api/v1/payments/{id}`. */
export type Call = `${string} /${string}`;

export const apiDocument: Document = parse(readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8'));

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);
// ajv does not know the document's top-level keys; an unknown keyword within a schema is an error.
ajv.addVocabulary(Object.keys(apiDocument));
ajv.addSchema(apiDocument, 'requests');
ajv.addSchema(closed(structuredClone(apiDocument)), 'responses');

export const calls: readonly Call[] = Object.entries(apiDocument.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}` as Call),
);

export function operationOf(call: Call): Operation {
  const [method = '', path = ''] = call.split(' ');
  const operation = apiDocument.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new RangeError(`${call} is not in the document`);
  return operation;
}

/** Resolves references. */
export const parametersOf = (call: Call): Parameter[] =>
  (operationOf(call).parameters ?? []).map(
    (one) => apiDocument.components.parameters[one.$ref?.replace('#/components/parameters/', '') ?? ''] ?? one,
  );

/** Schema violations of a request body. */
export function requestErrors(call: Call, body: unknown): string[] {
  const schema = operationOf(call).requestBody?.content['application/json']?.schema;
  if (!schema?.$ref) throw new RangeError(`${call} has no body with a named schema`);
  return errorsOf(`requests${schema.$ref}`, body);
}

/** A response as a function returns it to API Gateway. */
export interface LambdaResponse {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: string;
}

/** Violations of the document by a response to a call. */
export function responseErrors(call: Call, { statusCode = 0, headers = {}, body = '' }: LambdaResponse): string[] {
  const described = operationOf(call).responses[statusCode];
  return described ? describedErrors(described, headers, body) : [`${call}: status ${statusCode} is not described`];
}

/** The same for a response that belongs to no call, by its component name. */
export const commonResponseErrors = (name: string, { headers = {}, body = '' }: LambdaResponse): string[] =>
  describedErrors({ $ref: `#/components/responses/${name}` }, headers, body);

function describedErrors(reference: Described, headers: Readonly<Record<string, unknown>>, body: string): string[] {
  const response = resolved(reference);
  if (!response.content) return body === '' ? [] : ['no body is described'];
  const type = String(headers['content-type']);
  const described = response.content[type];
  if (!described) return [`content-type ${type} is not described`];
  return [
    ...schemaErrors(described.schema, type.endsWith('json') ? JSON.parse(body) : body),
    ...Object.entries(response.headers ?? {}).flatMap(([name, { schema }]) => schemaErrors(schema, headers[name])),
  ];
}

/** Schema violations of a value. */
export const componentErrors = (name: string, value: unknown): string[] =>
  errorsOf(`responses#/components/schemas/${name}`, value);

/** The problems of a call, as `404 unknown-session`. */
export const problemsOf = (call: Call): string[] =>
  Object.entries(operationOf(call).responses)
    .flatMap(([status, response]) => problemTypesOf(response).map((type) => `${status} ${type}`))
    .sort();

export function problemTypesOf(response: Described): string[] {
  const schema = resolved(response).content?.['application/problem+json']?.schema;
  if (!schema) return [];
  return (schema.oneOf ?? [schema]).map((one) => String(named(one).properties?.type?.const).replace('/problems/', ''));
}

export function schemaOf(name: string): Schema {
  const found = apiDocument.components.schemas[name];
  if (!found) throw new RangeError(`no schema ${name}`);
  return found;
}

function named({ $ref = '' }: Schema): Schema {
  return schemaOf($ref.replace('#/components/schemas/', ''));
}

const resolved = (response: Described): Described => {
  const name = response.$ref?.replace('#/components/responses/', '');
  return name === undefined ? response : (apiDocument.components.responses[name] ?? {});
};

const compiled = new Map<object, ReturnType<typeof ajv.compile>>();

/** For an inline schema, whose references are relative to the document. */
function schemaErrors(schema: object, value: unknown): string[] {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"responses#'));
  const validate = compiled.get(schema) ?? ajv.compile(closed(absolute));
  compiled.set(schema, validate);
  return violationsOf(validate, value);
}

function errorsOf(reference: string, value: unknown): string[] {
  const validate = ajv.getSchema(reference);
  if (!validate) throw new RangeError(`no schema ${reference}`);
  return violationsOf(validate as ReturnType<typeof ajv.compile>, value);
}

const violationsOf = (validate: ReturnType<typeof ajv.compile>, value: unknown): string[] =>
  validate(value)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );

/**
 * Forbids unknown fields in every object schema. Schemas of `allOf` are inlined as copies that stay open, as the object
 * has fields besides theirs.
 */
function closed<Node>(node: Node, name = ''): Node {
  if (typeof node !== 'object' || node === null || name === 'examples') return node;
  if ('allOf' in node) {
    const parts = node.allOf as readonly Schema[];
    node.allOf = parts
      .map((part) => structuredClone(named(part)))
      .map(({ examples: _, ...common }) => {
        closed(common.properties);
        return common;
      });
  }
  for (const [key, child] of Object.entries(node)) if (key !== 'allOf') closed(child, key);
  if ('properties' in node && !('additionalProperties' in node)) Object.assign(node, { unevaluatedProperties: false });
  return node;
}
