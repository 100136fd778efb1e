import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import {
  answerErrors,
  apiDocument,
  calls,
  componentErrors,
  operationOf,
  parametersOf,
  problemsOf,
} from '../../support/api-document.ts';

const SOURCE = new URL('../../../docs/openapi.yaml', import.meta.url);

describe('the API’s document', () => {
  it('is valid OpenAPI 3.1, and all its references lead somewhere', async () => {
    const validator = new Validator();

    expect(await validator.validate(readFileSync(SOURCE, 'utf8'))).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(validator.resolveRefs()).toBeDefined();
  });

  it('gives each call a name of its own, and says what it does', () => {
    const operations = calls.map(operationOf);

    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(calls.length);
    for (const { operationId, summary } of operations) expect(summary, operationId).toBeTruthy();
  });

  it('names every part of a path as a parameter of that path', () => {
    for (const call of calls) {
      const names = [...call.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = parametersOf(call).filter((one) => one.in === 'path');

      expect(
        described.map(({ name }) => name),
        call,
      ).toEqual(names);
    }
  });

  it.each(
    Object.entries(apiDocument.components.schemas).flatMap(([name, { examples = [] }]) =>
      examples.map((example) => [name, example] as const),
    ),
  )('has an example of %s that is one', (name, example) => {
    expect(componentErrors(name, example)).toEqual([]);
  });

  it('describes nothing that no call uses', () => {
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

describe('the document asks for a token', () => {
  it('for every call of the operators but the sign-in, and for no other', () => {
    const guarded = calls.filter((call) => operationOf(call).security);

    expect(guarded.length).toBeGreaterThan(0);
    expect(guarded).toEqual(calls.filter((call) => call.includes('/admin/') && !call.includes('/admin/sign-in')));
    for (const call of guarded) {
      expect(operationOf(call).security, call).toEqual([{ operator: [] }]);
      expect(problemsOf(call), call).toEqual(expect.arrayContaining(['401 not-signed-in', '403 not-an-operator']));
    }
  });
});

describe('GET /api/v1/openapi.json', () => {
  it('answers the document as JSON, for five minutes the same', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'api-document-'));
    const outfile = join(folder, 'index.mjs');
    try {
      // Only a bundler can import text.
      buildSync({
        entryPoints: ['lambdas/api-document.ts'],
        absWorkingDir: join(import.meta.dirname, '../../..'),
        outfile,
        bundle: true,
        platform: 'node',
        format: 'esm',
        mainFields: ['module', 'main'],
      });
      const { handler } = await import(outfile);

      const answer = await handler();

      expect(answer.statusCode).toBe(200);
      expect(answer.headers['cache-control']).toBe('public, max-age=300');
      expect(JSON.parse(answer.body)).toEqual(apiDocument);
      expect(answerErrors('GET /api/v1/openapi.json', answer)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
