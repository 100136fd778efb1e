import { hashOfApiKey, idOfApiKey, newApiKey } from '../../../src/access/api-key.ts';
import type { ApiKey, ApiKeyRepository } from '../../../src/access/api-key-repository.ts';
import type { Scope } from '../../../src/access/caller.ts';
import type { CountedRefund, RefundLimitRepository } from '../../../src/access/refund-limit-repository.ts';

type AddedKey = Partial<ApiKey> & { readonly stage?: string };

/** The repository of API keys in memory; uses are recorded at each call. */
export function apiKeysInMemory() {
  const keys = new Map<string, ApiKey>();
  const repository: ApiKeyRepository = {
    async create(secret, key) {
      const hash = hashOfApiKey(secret);
      const created = { ...key, id: idOfApiKey(hash), hash };
      keys.set(created.id, created);
      return created;
    },
    async find(secret) {
      const key = keys.get(idOfApiKey(hashOfApiKey(secret)));
      return key?.revoked_at ? undefined : key;
    },
    list: async () => [...keys.values()],
    async revoke(id, now) {
      const key = keys.get(id);
      if (key) keys.set(id, { revoked_at: now.toISOString(), ...key });
      return key !== undefined;
    },
    async recordUse({ id }, now) {
      const key = keys.get(id);
      if (key) keys.set(id, { ...key, last_used_at: now.toISOString() });
    },
  };
  return {
    repository,
    keys: keys as ReadonlyMap<string, ApiKey>,

    /** @returns a new key */
    async add(scopes: readonly Scope[], { stage = 'local', ...changes }: AddedKey = {}): Promise<string> {
      const key = newApiKey(stage);
      const created = { name: 'test', created_at: '2026-06-01T12:00:00.000Z', created_by: 'ada' };
      await repository.create(key, { ...created, scopes: [...scopes], ...changes });
      return key;
    },
  };
}

/** The counts of refunds in memory. */
export function refundLimitsInMemory() {
  const counts = new Map<string, { minor: number; requests: Set<string> }>();
  const operators = new Map<string, number>();
  const countOf = ({ caller, amount, at }: CountedRefund) => {
    const id = `${at.toISOString().slice(0, 10)}#${amount.currency}#${caller}`;
    const count = counts.get(id) ?? { minor: 0, requests: new Set() };
    counts.set(id, count);
    return count;
  };
  const repository: RefundLimitRepository = {
    ofOperator: async (username) => operators.get(username),
    async count(refund, limit) {
      const count = countOf(refund);
      if (count.requests.has(refund.request)) return 'before';
      if (count.minor + refund.amount.minor > limit) return { left: limit - count.minor };
      count.minor += refund.amount.minor;
      count.requests.add(refund.request);
      return 'counted';
    },
    async discount(refund) {
      const count = countOf(refund);
      if (count.requests.delete(refund.request)) count.minor -= refund.amount.minor;
    },
  };
  return {
    repository,
    /** Limits of operators of their own. */
    operators,
    /** Minor units that are counted, by day, currency and caller. */
    counted: () => Object.fromEntries([...counts].map(([id, { minor }]) => [id, minor])),
  };
}
