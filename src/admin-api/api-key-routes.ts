import * as z from 'zod/mini';
import { API_KEY_ID } from '../access/api-key.ts';
import type { ApiKey, ApiKeyRepository } from '../access/api-key-repository.ts';
import type { Caller } from '../access/caller.ts';
import { invalidRequest, Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { type CreateApiKeyDeps, createApiKey } from './create-api-key.ts';
import { apiKeyRequest } from './requests.ts';
import { type RevokeApiKeyDeps, revokeApiKey } from './revoke-api-key.ts';

export interface ApiKeyRoutesDeps extends CreateApiKeyDeps, RevokeApiKeyDeps {
  readonly apiKeys: CreateApiKeyDeps['apiKeys'] & RevokeApiKeyDeps['apiKeys'] & Pick<ApiKeyRepository, 'list'>;
}

/** API keys: list, create, revoke. */
export function apiKeyRoutes(api: Api<Caller>, deps: ApiKeyRoutesDeps): void {
  const { apiKeys } = deps;

  api.get('/api/v1/admin/api-keys', async ({ event }) => {
    parseQuery(z.strictObject({}), event);
    return { status: 200, body: { api_keys: (await apiKeys.list()).map(toApiKeyResponse) } };
  });

  api.post('/api/v1/admin/api-keys', async ({ event, caller }) => {
    // The stored response would contain the key.
    if (event.headers['idempotency-key'] !== undefined)
      throw invalidRequest([{ field: 'idempotency-key', detail: 'not supported: an API key is shown only once' }]);
    const { secret, apiKey } = await createApiKey(deps, parseBody(apiKeyRequest, event), caller.id);
    return { status: 201, body: { ...toApiKeyResponse(apiKey), key: secret } };
  });

  api.delete('/api/v1/admin/api-keys/:id', async ({ caller, params: { id = '' } }) => {
    const found = API_KEY_ID.test(id) && (await apiKeys.list()).find((key) => key.id === id);
    if (!found) throw new Problem('unknown-api-key', `API key ${id} not found`);
    await revokeApiKey(deps, found, caller.id);
    return { status: 204, body: undefined };
  });
}

/** Without the hash. */
const toApiKeyResponse = (key: ApiKey) => ({
  id: key.id,
  name: key.name,
  scopes: key.scopes,
  refund_limit: key.refund_limit ?? null,
  created_at: key.created_at,
  created_by: key.created_by,
  last_used_at: key.last_used_at ?? null,
  revoked_at: key.revoked_at ?? null,
});
