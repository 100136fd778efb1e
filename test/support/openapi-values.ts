import fc from 'fast-check';
import type { BodySchema } from './builders/mutated-bodies.ts';
import { type ApiName, openApi } from './openapi.ts';

/** The part of JSON Schema that PayPal's OpenAPI documents use. */
interface Schema extends BodySchema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Deeper than any field that the shop reads. */
const MAX_DEPTH = 5;

/** Values that are valid by a schema of PayPal's: any of its optional fields may be missing. */
export function valuesOf(name: ApiName, schemaName: string): fc.Arbitrary<object> {
  const schemas = openApi(name).components.schemas as Readonly<Record<string, Schema>>;
  const resolve = (schema: Schema): Schema => {
    const target = schema.$ref ? schemas[schema.$ref.split('/').at(-1) ?? ''] : schema;
    if (!target) throw new RangeError(`no schema ${schema.$ref}`);
    if (!target.allOf) return target.$ref ? resolve(target) : target;
    const parts = [target, ...target.allOf.map(resolve)];
    return {
      ...target,
      type: 'object',
      properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
      required: parts.flatMap(({ required = [] }) => required),
    };
  };
  /** Undefined for what is too deep, or has a pattern that fast-check does not know. */
  const build = (unresolved: Schema, depth: number): fc.Arbitrary<unknown> | undefined => {
    if (unresolved.$ref?.endsWith('/date_time')) return TIME;
    const schema = resolve(unresolved);
    const { minimum = 0, maximum = 1000, minLength = 0, maxLength = 20, minItems = 0, maxItems = 2, pattern } = schema;
    if (schema.format === 'uri') return fc.webUrl();
    if (schema.enum) return fc.constantFrom(...schema.enum);
    const [either] = schema.oneOf ?? schema.anyOf ?? [];
    if (either) return build(either, depth);
    switch (schema.type ?? (schema.properties ? 'object' : 'string')) {
      case 'object': {
        if (depth === 0) return undefined;
        const { required = [] } = schema;
        const fields = Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
          const values = build(field, depth - 1);
          return values ? [[key, values] as const] : [];
        });
        const isComplete = required.every((key) => fields.some(([known]) => known === key));
        return isComplete ? fc.record(Object.fromEntries(fields), { requiredKeys: [...required] }) : undefined;
      }
      case 'array': {
        const items = schema.items && build(schema.items, depth - 1);
        return items && fc.array(items, { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, 2)) });
      }
      case 'integer':
      case 'number':
        return fc.integer({ min: minimum, max: maximum });
      case 'boolean':
        return fc.boolean();
      default:
        return pattern
          ? stringsMatching(pattern, schema)
          : fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 20)) });
    }
  };
  const values = build({ $ref: schemaName }, MAX_DEPTH);
  if (!values) throw new RangeError(`cannot generate ${schemaName}`);
  return values as fc.Arbitrary<object>;
}

const TIME = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

function stringsMatching(pattern: string, { minLength = 0, maxLength = Number.POSITIVE_INFINITY }: Schema) {
  try {
    return fc
      .stringMatching(new RegExp(pattern))
      .filter((text) => text.length >= minLength && text.length <= maxLength);
  } catch {
    return undefined;
  }
}

const paths = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, child]) => paths(child, [...path, key]))]
    : [path];

/** What can become of a field. No value is replaced by one of its own type, which could be a lie about money. */
const MUTATIONS = ['drop', 'null', 'number', 'list', 'object', 'reorder', 'extra'] as const;

/** The value with a few fields missing, null, of another type, in another order, or added. */
export const oddVersionsOf = (value: object): fc.Arbitrary<object> =>
  fc.array(fc.tuple(fc.nat(), fc.constantFrom(...MUTATIONS)), { minLength: 1, maxLength: 4 }).map((mutations) => {
    let changed: unknown = structuredClone(value);
    for (const [position, mutation] of mutations) {
      const all = paths(changed).slice(1);
      const path = all[position % all.length];
      if (path) changed = changedAt(changed, path, mutation);
    }
    return changed as object;
  });

function changedAt(value: unknown, [key = '', ...rest]: readonly string[], mutation: (typeof MUTATIONS)[number]) {
  const isList = Array.isArray(value);
  const entries = Object.entries(value as object).flatMap(([name, child]): [string, unknown][] => {
    if (name !== key) return [[name, child]];
    if (rest.length > 0) return [[name, changedAt(child, rest, mutation)]];
    // A list with fewer items would be a lie.
    if (mutation === 'drop') return isList ? [[name, null]] : [];
    return [[name, replaced(child, mutation)]];
  });
  return isList ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

function replaced(child: unknown, mutation: Exclude<(typeof MUTATIONS)[number], 'drop'>): unknown {
  const isObject = typeof child === 'object' && child !== null && !Array.isArray(child);
  switch (mutation) {
    case 'null':
      return null;
    case 'number':
      return 4711;
    case 'list':
      return Array.isArray(child) ? child : [child];
    case 'object':
      return isObject ? child : { value: child };
    case 'reorder':
      if (Array.isArray(child)) return child.toReversed();
      return isObject ? Object.fromEntries(Object.entries(child).toReversed()) : child;
    case 'extra':
      return isObject ? { added_by_paypal: [null, { deep: true }], ...child } : child;
  }
}
