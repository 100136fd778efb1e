import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

/*
 * docs/openapi.yaml as a judge of requests and answers. Readers of answers are to ignore fields that they do not know; here an answer
 * must not have any, so that none goes undescribed.
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
/** A parameter of a call. */
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

/** A call as the document names it, such as `GET /api/v1/payments/{id}`. */
export type Call = `${string} /${string}`;

/** The document, as it is served. */
export const apiDocument: Document = parse(readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8'));

const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats.default(ajv);
// What stands beside the schemas means nothing to ajv; inside them, an unknown word is a mistake.
ajv.addVocabulary(Object.keys(apiDocument));
ajv.addSchema(apiDocument, 'requests');
ajv.addSchema(closed(structuredClone(apiDocument)), 'answers');

/** Every call in the document. */
export const calls: readonly Call[] = Object.entries(apiDocument.paths).flatMap(([path, operations]) =>
  Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}` as Call),
);

/** What the document says of a call. */
export function operationOf(call: Call): Operation {
  const [method = '', path = ''] = call.split(' ');
  const operation = apiDocument.paths[path]?.[method.toLowerCase()];
  if (!operation) throw new RangeError(`${call} is not in the document`);
  return operation;
}

/** What a call takes beside its body. */
export const parametersOf = (call: Call): Parameter[] =>
  (operationOf(call).parameters ?? []).map(
    (one) => apiDocument.components.parameters[one.$ref?.replace('#/components/parameters/', '') ?? ''] ?? one,
  );

/** What is wrong with the body of a request; nothing when it is as described. */
export function requestErrors(call: Call, body: unknown): string[] {
  const schema = operationOf(call).requestBody?.content['application/json']?.schema;
  if (!schema?.$ref) throw new RangeError(`${call} takes no body that is described by name`);
  return errorsOf(`requests${schema.$ref}`, body);
}

/** An answer as API Gateway is given it. */
export interface GivenAnswer {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly body?: string;
}

/** What is wrong with an answer to a call; nothing when it is as described. */
export function answerErrors(call: Call, { statusCode = 0, headers = {}, body = '' }: GivenAnswer): string[] {
  const given = operationOf(call).responses[statusCode];
  return given ? responseErrors(given, headers, body) : [`${call}: status ${statusCode} is not described`];
}

/** The same for one of the answers that belong to no call, by its name. */
export const commonAnswerErrors = (name: string, { headers = {}, body = '' }: GivenAnswer): string[] =>
  responseErrors({ $ref: `#/components/responses/${name}` }, headers, body);

function responseErrors(given: Described, headers: Readonly<Record<string, unknown>>, body: string): string[] {
  const response = resolved(given);
  const described = response.content?.[String(headers['content-type'])];
  if (!described) return [`an answer of type ${headers['content-type']} is not described`];
  return [
    ...schemaErrors(described.schema, JSON.parse(body)),
    ...Object.entries(response.headers ?? {}).flatMap(([name, { schema }]) => schemaErrors(schema, headers[name])),
  ];
}

/** What is wrong with a value, by the schema of that name. */
export const componentErrors = (name: string, value: unknown): string[] =>
  errorsOf(`answers#/components/schemas/${name}`, value);

/** The problems that the document says a call may answer, as `404 unknown-session`. */
export const problemsOf = (call: Call): string[] =>
  Object.entries(operationOf(call).responses)
    .flatMap(([status, response]) => problemTypesOf(response).map((type) => `${status} ${type}`))
    .sort();

/** The types of the problems that an answer may be. */
export function problemTypesOf(response: Described): string[] {
  const schema = resolved(response).content?.['application/problem+json']?.schema;
  if (!schema) return [];
  return (schema.oneOf ?? [schema]).map((one) => String(named(one).properties?.type?.const).replace('/problems/', ''));
}

/** The schema of that name. */
export function schemaOf(name: string): Schema {
  const found = apiDocument.components.schemas[name];
  if (!found) throw new RangeError(`there is no schema ${name}`);
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

/** A schema that stands where it is used; its references are the document's. */
function schemaErrors(schema: object, value: unknown): string[] {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"answers#'));
  const validate = compiled.get(schema) ?? ajv.compile(closed(absolute));
  compiled.set(schema, validate);
  return complaintsOf(validate, value);
}

function errorsOf(reference: string, value: unknown): string[] {
  const validate = ajv.getSchema(reference);
  if (!validate) throw new RangeError(`there is no ${reference}`);
  return complaintsOf(validate as ReturnType<typeof ajv.compile>, value);
}

const complaintsOf = (validate: ReturnType<typeof ajv.compile>, value: unknown): string[] =>
  validate(value)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      );

/**
 * Adds to every object that is described that it has no other fields. What it has in common with others (`allOf`) is put in as a copy,
 * for the copy alone may have fields beside it.
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
