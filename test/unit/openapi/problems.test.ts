import { describe, expect, it } from 'vitest';
import { PROBLEMS, type ProblemType } from '../../../src/shared/http/problem.ts';
import { apiDocument, calls, operationOf, problemTypesOf } from '../../support/api-document.ts';

const types = Object.keys(PROBLEMS) as ProblemType[];

const schemas = Object.values(apiDocument.components.schemas).filter(({ properties }) =>
  String(properties?.type?.const).startsWith('/problems/'),
);

/** Every documented response with a problem, as `404 unknown-order`. */
const documented = [
  ...calls.flatMap((call) =>
    Object.entries(operationOf(call).responses).flatMap(([status, response]) =>
      problemTypesOf(response).map((type) => `${status} ${type}`),
    ),
  ),
  ...problemTypesOf({ $ref: '#/components/responses/NotFound' }).map((type) => `404 ${type}`),
  ...problemTypesOf({ $ref: '#/components/responses/MethodNotAllowed' }).map((type) => `405 ${type}`),
  ...problemTypesOf({ $ref: '#/components/responses/NotThroughFrontDoor' }).map((type) => `403 ${type}`),
];

describe('docs/openapi.yaml: problems', () => {
  it.each(types)('documents %s with its title, its status and an operation that returns it', (type) => {
    const [status, title] = PROBLEMS[type];
    const schema = schemas.find(({ properties }) => properties?.type?.const === `/problems/${type}`);

    expect(schema?.properties?.title?.const).toBe(title);
    expect(schema?.properties?.status?.const).toBe(status);
    expect(schema?.description).toBeTruthy();
    expect(documented).toContain(`${status} ${type}`);
  });

  it('documents no unknown problem type and none under another status', () => {
    const known = new Set(types.map((type) => `${PROBLEMS[type][0]} ${type}`));

    expect(schemas).toHaveLength(types.length);
    expect(documented.filter((place) => !known.has(place))).toEqual([]);
  });
});
