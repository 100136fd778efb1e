import fc from 'fast-check';

/** The part of JSON Schema that the API's requests use. */
export interface BodySchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, BodySchema>>;
  readonly items?: BodySchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * JSON that is valid for a schema, or almost: an extra or missing field, a number just outside its limit, another type.
 */
export const mutatedBodies = (schema: BodySchema): fc.Arbitrary<unknown> =>
  mutated(schema).map((body) => JSON.parse(JSON.stringify(body) ?? 'null'));

/** Weighted towards valid values: a body of many fields would otherwise hardly ever be valid as a whole. */
const mostly = (valid: fc.Arbitrary<unknown>, ...invalid: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 20, arbitrary: valid }, ...invalid.map((arbitrary) => ({ weight: 1, arbitrary })));

const anything = fc.jsonValue({ maxDepth: 1 });

function mutated(schema: BodySchema): fc.Arbitrary<unknown> {
  const { type, properties = {}, items = {}, minItems = 0, maxItems = 10 } = schema;
  const { minimum = 0, maximum = 100, maxLength = 20 } = schema;
  switch (type) {
    case 'object': {
      const object = fc.record(mapped(properties, mutated));
      const extra = fc.dictionary(fc.string(), anything, { maxKeys: 2 });
      const incomplete = without(object, Object.keys(properties));
      return mostly(object, incomplete, incomplete, merged(extra, object), anything);
    }
    case 'array':
      return mostly(
        fc.array(mutated(items), { minLength: 1, maxLength: 3 }),
        ...[minItems, minItems - 1, maxItems, maxItems + 1].map((length) => listOf(items, Math.max(length, 0))),
        anything,
      );
    case 'integer':
      return mostly(
        valid(schema),
        fc.constantFrom(minimum, maximum, minimum - 1, maximum + 1, minimum + 0.5, -minimum),
        fc.double({ noNaN: true }),
        anything,
      );
    default:
      return mostly(
        valid(schema),
        fc.constantFrom('', 'x'.repeat(maxLength), 'x'.repeat(maxLength + 1)),
        fc.string(),
        anything,
      );
  }
}

function valid({ type, properties = {}, items = {}, ...limits }: BodySchema): fc.Arbitrary<unknown> {
  const { minItems = 0, minimum = 0, maximum = 100, minLength = 0, maxLength = 20, pattern, format } = limits;
  switch (type) {
    case 'object':
      return fc.record(mapped(properties, valid));
    case 'array':
      return listOf(items, minItems);
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'boolean':
      return fc.boolean();
    default:
      if (limits.enum) return fc.constantFrom(...limits.enum);
      if (format === 'date-time') return dateTime;
      // ASCII by default: JSON Schema counts code points, JavaScript UTF-16 units.
      return pattern ? fc.stringMatching(new RegExp(pattern)) : fc.string({ minLength, maxLength });
  }
}

const dateTime = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** Valid items; objects with unique first members. */
const listOf = (items: BodySchema, length: number): fc.Arbitrary<unknown> => {
  const limits = { minLength: length, maxLength: length };
  if (items.type !== 'object') return fc.array(valid(items), limits);
  return fc.uniqueArray(valid(items), {
    ...limits,
    selector: (item) => JSON.stringify(Object.values(item ?? {})[0]),
  });
};

const without = (objects: fc.Arbitrary<object>, names: readonly string[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(objects, fc.constantFrom(names[0] ?? '', ...names))
    .map(([object, name]) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== name)));

const merged = (extra: fc.Arbitrary<object>, objects: fc.Arbitrary<object>): fc.Arbitrary<unknown> =>
  fc.tuple(extra, objects).map((parts) => Object.fromEntries(parts.flatMap(Object.entries)));

const mapped = <From, To>(entries: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, map(value)]));
