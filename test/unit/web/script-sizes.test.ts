import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
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

it('an entry weighs all that it can make a browser load, each file once', () => {
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

it('a storefront may have 120 kB of JavaScript, the operators’ pages 300 kB', () => {
  expect(overBudget({ storefront: 120_000, admin: 300_000 })).toEqual([]);
  expect(overBudget({ storefront: 120_001, admin: 300_001 })).toEqual([
    'storefront has 120001 bytes of JavaScript after gzip, and may have 120000',
    'admin has 300001 bytes of JavaScript after gzip, and may have 300000',
  ]);
});

it('no entry may grow unseen', () => {
  expect(Object.keys(SCRIPT_BUDGETS)).toEqual(['storefront', 'admin']);
  expect(overBudget({ other: 1 })).toHaveLength(1);
});
