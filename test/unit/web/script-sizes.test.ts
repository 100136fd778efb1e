import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Chunk, overBudget, SCRIPT_BUDGETS, scriptSizes } from '../../../web/script-sizes.ts';

const chunk = (fileName: string, code: string, more: Partial<Chunk> = {}): Chunk => ({
  fileName,
  name: fileName,
  isEntry: false,
  code,
  imports: [],
  dynamicImports: [],
  ...more,
});
const zipped = (...codes: string[]) => codes.reduce((sum, code) => sum + gzipSync(code).length, 0);

describe('scriptSizes', () => {
  it('sums all static and dynamic imports of an entry, each file once', () => {
    const chunks = [
      chunk('shop', 'shop', { isEntry: true, imports: ['shared'], dynamicImports: ['later'] }),
      chunk('desk', 'desk', { isEntry: true, imports: ['shared'] }),
      chunk('shared', 'shared', { imports: ['deep'] }),
      chunk('later', 'later', { imports: ['shared'] }),
      chunk('deep', 'deep', { imports: ['shared'] }),
    ];

    expect(scriptSizes(chunks)).toEqual({
      shop: zipped('shop', 'shared', 'later', 'deep'),
      desk: zipped('desk', 'shared', 'deep'),
    });
  });
});

describe('overBudget', () => {
  it('allows 120 kB for the storefront and 300 kB for the admin console', () => {
    expect(overBudget({ storefront: 120_000, admin: 300_000 })).toEqual([]);
    expect(overBudget({ storefront: 120_001, admin: 300_001 })).toEqual([
      'storefront exceeds its script budget: 120001 bytes after gzip, 120000 allowed',
      'admin exceeds its script budget: 300001 bytes after gzip, 300000 allowed',
    ]);
  });

  it('reports an entry that has no budget', () => {
    expect(Object.keys(SCRIPT_BUDGETS)).toEqual(['storefront', 'admin']);
    expect(overBudget({ other: 1 })).toHaveLength(1);
  });
});
