import type { StockRepository } from '../inventory/stock-repository.ts';
import { releaseStock } from '../inventory/stock-steps.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export type ReleaseSessionResult =
  /** `changed` is false when its stock was back before. */
  | { readonly outcome: 'released'; readonly session: Session; readonly changed: boolean }
  | { readonly outcome: 'payment_begun'; readonly session: Session }
  | { readonly outcome: 'unknown_session' };

export interface ReleaseSessionDeps {
  readonly sessions: Pick<SessionRepository, 'get' | 'expire'>;
  readonly stock: Pick<StockRepository, 'reservation' | 'move' | 'resume'>;
}

/** Closes a session whose payment has not begun, and gives its stock back. Idempotent. */
export async function releaseSession(deps: ReleaseSessionDeps, id: SessionId): Promise<ReleaseSessionResult> {
  const found = await deps.sessions.get(id);
  if (!found) return { outcome: 'unknown_session' };
  const { session = found } = found.status === 'open' ? await deps.sessions.expire(id) : {};
  if (session.payment_id) return { outcome: 'payment_begun', session };
  const { changed } = await releaseStock(deps.stock, { checkout_session_id: id });
  return { outcome: 'released', session, changed };
}
