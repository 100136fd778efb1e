import { hashOfApiKey, idOfApiKey, newApiKey } from '../access/api-key.ts';
import type { ApiKey, ApiKeyRepository } from '../access/api-key-repository.ts';
import type { Scope } from '../access/caller.ts';
import { type AuditDeps, recordAction } from './audit.ts';

export interface CreateApiKeyDeps extends AuditDeps {
  readonly apiKeys: Pick<ApiKeyRepository, 'create'>;
  readonly stage: string;
}

export interface ApiKeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Major units per day and currency. @default - the stage's */
  readonly refund_limit?: number | undefined;
}

/** @returns the key, which is stored nowhere, and what is stored of it. */
export async function createApiKey(
  deps: CreateApiKeyDeps,
  { name, scopes, refund_limit }: ApiKeyRequest,
  actor: string,
): Promise<{ readonly secret: string; readonly apiKey: ApiKey }> {
  const secret = newApiKey(deps.stage);
  const details = { name, scopes, ...(refund_limit !== undefined && { refund_limit }) };
  const target = idOfApiKey(hashOfApiKey(secret));
  await recordAction(deps, { actor, action: 'create-api-key', target, reason: `API key ${name}`, details });
  const apiKey = await deps.apiKeys.create(secret, {
    name,
    scopes: [...scopes],
    refund_limit,
    created_at: deps.now().toISOString(),
    created_by: actor,
  });
  return { secret, apiKey };
}
