import type { ApiKey, ApiKeyRepository } from '../access/api-key-repository.ts';
import { type AuditDeps, recordAction } from './audit.ts';

export interface RevokeApiKeyDeps extends AuditDeps {
  readonly apiKeys: Pick<ApiKeyRepository, 'revoke'>;
}

/** Revokes a key at once. Idempotent. */
export async function revokeApiKey(deps: RevokeApiKeyDeps, { id, name }: ApiKey, actor: string): Promise<void> {
  await recordAction(deps, { actor, action: 'revoke-api-key', target: id, reason: `API key ${name}` });
  await deps.apiKeys.revoke(id, deps.now());
}
