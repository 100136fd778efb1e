import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');

/**
 * What holds a connection, a cache or a table: a second one in a function would be a second token cache, or a wiring
 * error.
 */
const FACTORIES = [
  ['src/paypal/transport.ts', 'transport'],
  ['src/shared/dynamo.ts', 'dynamoClient'],
  ['src/shared/dynamo.ts', 'documentClient'],
  ['src/payments/apply-evidence.ts', 'evidenceApplier'],
  ['src/settlements/execution-client.ts', 'executionClient'],
  ['src/settlements/dead-letter-queue.ts', 'deadLetterQueue'],
  ['src/paypal-webhook/event-idempotency.ts', 'eventIdempotency'],
  ['src/shared/http/idempotency-key.ts', 'idempotencyKeys'],
  ['src/shared/idempotency-table.ts', 'idempotencyTable'],
  ...globSync('src/**/*-repository.ts', { cwd: ROOT }).map(
    (file) =>
      [file, /export const (\w+Repository) =/.exec(readFileSync(join(ROOT, file), 'utf8'))?.[1] ?? file] as const,
  ),
] as const;

/** How often an entry calls each factory while it loads. */
const calls = new Map<string, number>();

function countCalls(file: string, names: readonly string[]): void {
  vi.doMock(join(ROOT, file), async (importOriginal) => {
    const original = await importOriginal<Record<string, (...args: unknown[]) => unknown>>();
    const counting = names.map((name) => [
      name,
      (...args: unknown[]) => {
        const key = `${file} ${name}`;
        calls.set(key, (calls.get(key) ?? 0) + 1);
        return original[name]?.(...args);
      },
    ]);
    return { ...original, ...Object.fromEntries(counting) };
  });
}

describe('lambdas/wiring.ts', () => {
  const files = Map.groupBy(FACTORIES, ([file]) => file);

  beforeEach(() => {
    calls.clear();
    vi.resetModules();
    for (const [file, factories] of files)
      countCalls(
        file,
        factories.map(([, name]) => name),
      );
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const names = readFileSync(join(ROOT, 'src/shared/env.ts'), 'utf8').matchAll(/\| '(\w+)'/g);
    for (const [, name = ''] of names) vi.stubEnv(name, 'https://example.com');
    vi.stubEnv('ORIGIN_SECRET_HASHES', 'any');
    vi.stubEnv('SETTINGS', '[]');
    vi.stubEnv('USER_POOL_ID', 'eu-central-1_Operators');
  });

  afterAll(() => {
    for (const file of files.keys()) vi.doUnmock(join(ROOT, file));
    vi.resetModules();
    vi.unstubAllEnvs();
  });

  const entries = globSync('*.ts', { cwd: join(ROOT, 'lambdas'), exclude: ['*.d.ts', 'wiring.ts', 'api-document.ts'] });

  it.each(entries)('builds each client and repository of %s once', async (entry) => {
    await import(join(ROOT, 'lambdas', entry));

    expect([...calls].filter(([, count]) => count > 1)).toEqual([]);
  });

  it.each(['admin', 'consistency', 'fulfillment', 'payments', 'paypal-webhook', 'reconciliation', 'storefront'])(
    'gives %s one PayPal transport with one token cache',
    async (name) => {
      await import(join(ROOT, 'lambdas', `${name}.ts`));

      expect(calls.get('src/paypal/transport.ts transport')).toBe(1);
    },
  );
});
