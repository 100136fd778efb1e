import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { API_TYPES_FILE, apiTypes } from '../../../scripts/api-types.ts';

it('the pages know the API as docs/openapi.yaml describes it (if not: npm run api-types)', async () => {
  expect(readFileSync(API_TYPES_FILE, 'utf8')).toBe(await apiTypes());
});
