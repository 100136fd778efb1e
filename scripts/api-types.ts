import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { command, run } from '../ops/command.ts';

export const API_TYPES_FILE = join(import.meta.dirname, '../web/api/schema.ts');

/** One TypeScript type per schema of docs/openapi.yaml. */
export async function apiTypes(): Promise<string> {
  const document = parse(readFileSync(join(import.meta.dirname, '../docs/openapi.yaml'), 'utf8'));
  const text = JSON.stringify(document.components.schemas, normalizeSchema).replaceAll(
    '"#/components/schemas/',
    '"#/definitions/',
  );
  const types = await compile({ title: 'Schemas', definitions: JSON.parse(text) }, 'Schemas', {
    additionalProperties: false,
    bannerComment:
      '/* Generated from docs/openapi.yaml by `npm run api-types`: the requests and responses of the API. */',
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 120, singleQuote: true },
  });
  return types
    .replaceAll(
      /(?: \*\n)* \* This interface was referenced by `Schemas`'s JSON-Schema\n \* via the `definition` ".*"\.\n/g,
      '',
    )
    .replaceAll('/**\n */\n', '');
}

/** Works around two gaps of the compiler: it ignores keywords beside `$ref`, and `properties` beside `allOf`. */
function normalizeSchema(_key: string, schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return { $ref: schema.$ref };
  if (!('allOf' in schema) || !('properties' in schema)) return schema;
  const { allOf, description, ...own } = schema as { allOf: unknown[]; description?: string };
  return { description, allOf: [...allOf, { type: 'object', ...own }] };
}

if (import.meta.main)
  await run(
    command('npm run api-types', 'Generates web/api/schema.ts from docs/openapi.yaml.').action(async () =>
      writeFileSync(API_TYPES_FILE, await apiTypes()),
    ),
  );
