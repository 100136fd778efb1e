import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { API_TYPES_FILE, apiTypes } from '../../../scripts/api-types.ts';

describe('apiTypes', () => {
  it('matches web/api/schema.ts (otherwise run `npm run api-types`)', async () => {
    expect(readFileSync(API_TYPES_FILE, 'utf8')).toBe(await apiTypes());
  });
});
