import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../shared/http/problem.ts';
import { API_KEY_PREFIX, stageOfApiKey } from './api-key.ts';
import type { ApiKeyRepository } from './api-key-repository.ts';
import type { Caller } from './caller.ts';
import type { OperatorToken } from './operator-tokens.ts';
import { roleOf } from './role.ts';
import type { SessionRepository } from './session-repository.ts';

export interface AuthenticateDeps {
  /** Undefined for an invalid token. */
  readonly verifyToken: (token: string) => Promise<OperatorToken | undefined>;
  readonly sessions: Pick<SessionRepository, 'isOpen'>;
  readonly apiKeys: Pick<ApiKeyRepository, 'find' | 'recordUse'>;
  /** API keys of other stages are invalid. */
  readonly stage: string;
  readonly now: () => Date;
}

/**
 * Returns the caller by the bearer token: an operator's access token, or an API key.
 * @throws Problem `not-signed-in`; `not-an-operator` for a member of no operators' group; `secret-key-in-browser`.
 */
export const authenticate =
  (deps: AuthenticateDeps) =>
  async ({ headers }: Pick<APIGatewayProxyEventV2, 'headers'>): Promise<Caller> => {
    const token = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
    if (!token) throw new Problem('not-signed-in', 'send an access token or an API key as bearer token');
    if (!token.startsWith(API_KEY_PREFIX)) return operatorOf(deps, token);
    // Only browsers send it.
    if (headers.origin !== undefined)
      throw new Problem('secret-key-in-browser', 'API keys are secret: send them from a server, and revoke this one');
    return keyOwner(deps, token);
  };

async function operatorOf({ verifyToken, sessions }: AuthenticateDeps, token: string): Promise<Caller> {
  const verified = await verifyToken(token);
  if (!verified || !(await sessions.isOpen(verified))) throw new Problem('not-signed-in', 'sign in as an operator');
  const { username, groups } = verified;
  const role = roleOf(groups);
  if (!role) throw new Problem('not-an-operator', 'requires one of the groups viewer, operator and admin');
  return { id: username, role };
}

async function keyOwner({ apiKeys, stage, now }: AuthenticateDeps, token: string): Promise<Caller> {
  const keyStage = stageOfApiKey(token);
  const key = keyStage === stage ? await apiKeys.find(token) : undefined;
  if (!key)
    throw new Problem(
      'not-signed-in',
      keyStage && keyStage !== stage ? `use an API key of stage ${stage}` : 'unknown or revoked API key',
    );
  await apiKeys.recordUse(key, now());
  return { id: `api-key:${key.id}`, scopes: key.scopes, refundLimit: key.refund_limit };
}
