import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it, vi } from 'vitest';
import { bundle } from '../../../lib/constructs/node-lambda.ts';
import { accessTo } from '../../../src/access/admin-routes.ts';
import {
  apiDocument,
  calls,
  componentErrors,
  operationOf,
  parametersOf,
  problemsOf,
  responseErrors,
} from '../../support/api-document.ts';

const SOURCE = new URL('../../../docs/openapi.yaml', import.meta.url);

describe('docs/openapi.yaml', () => {
  it('is valid OpenAPI 3.1 and resolves all its references', async () => {
    const validator = new Validator();

    expect(await validator.validate(readFileSync(SOURCE, 'utf8'))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(validator.resolveRefs()).toBeDefined();
  });

  it('gives each operation a unique id and a summary', () => {
    const operations = calls.map(operationOf);

    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(calls.length);
    for (const { operationId, summary } of operations) expect(summary, operationId).toBeTruthy();
  });

  it('declares every path segment in braces as a path parameter', () => {
    for (const call of calls) {
      const names = [...call.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const declared = parametersOf(call).filter((one) => one.in === 'path');

      expect(
        declared.map(({ name }) => name),
        call,
      ).toEqual(names);
    }
  });

  it.each(
    Object.entries(apiDocument.components.schemas).flatMap(([name, { examples = [] }]) =>
      examples.map((example) => [name, example] as const),
    ),
  )('has a valid example of %s', (name, example) => {
    expect(componentErrors(name, example)).toEqual([]);
  });

  it('has no unused component', () => {
    const text = JSON.stringify(apiDocument);
    const { parameters, responses, schemas } = apiDocument.components;
    const unused = [
      ...Object.keys(parameters).map((name) => `#/components/parameters/${name}`),
      ...Object.keys(responses).map((name) => `#/components/responses/${name}`),
      ...Object.keys(schemas).map((name) => `#/components/schemas/${name}`),
    ].filter((reference) => !text.includes(`${reference}"`) && !text.includes(`(${reference})`));

    expect(unused).toEqual([]);
  });
});

describe('docs/openapi.yaml: security', () => {
  it('names role and scope for every admin operation except sign-in and sign-out, and for no other', () => {
    const secured = calls.filter((call) => operationOf(call).security);

    expect(secured.length).toBeGreaterThan(0);
    expect(secured).toEqual(calls.filter((call) => call.includes('/admin/') && !call.includes('/admin/sign-')));
    for (const call of secured) {
      const { role, scope } = accessTo(call.replace('{id}', ':id'));
      const schemes = [{ operator: [role] }, ...(scope ? [{ apiKey: [scope] }] : [])];
      const problems = ['400 secret-key-in-browser', '401 not-signed-in', '403 not-an-operator', '403 role-required'];

      expect(operationOf(call).security, call).toEqual(schemes);
      expect(problemsOf(call), call).toEqual(expect.arrayContaining(problems));
    }
  });
});

describe('GET /api/v1/openapi.json', () => {
  it('returns the document as JSON, cacheable for five minutes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'api-document-'));
    const outfile = join(folder, 'index.mjs');
    try {
      bundle(join(import.meta.dirname, '../../../lambdas/api-document.ts'), outfile);
      vi.stubEnv('ORIGIN_SECRET_HASHES', 'any');
      const { handler } = await import(outfile);

      const response = await handler();

      expect(response.statusCode).toBe(200);
      expect(response.headers['cache-control']).toBe('public, max-age=300');
      expect(JSON.parse(response.body)).toEqual(apiDocument);
      expect(responseErrors('GET /api/v1/openapi.json', response)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
