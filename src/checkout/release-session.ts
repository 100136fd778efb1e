import type { StockRepository } from '../inventory/stock-repository.ts';
import { releaseStock } from '../inventory/stock-steps.ts';
import type { SessionId } from '../shared/ids.ts';
import type { Session } from './session.ts';
import type { SessionRepository } from './session-repository.ts';

export type ReleaseSessionResult =
  | { readonly outcome: 'released' | 'payment_begun'; readonly session: Session }
  | { readonly outcome: 'unknown_session' };

/** Closes a session whose payment has not begun, and gives its stock back. Idempotent. */
export async function releaseSession(
  deps: {
    readonly sessions: Pick<SessionRepository, 'get' | 'expire'>;
    readonly stock: Pick<StockRepository, 'reservation' | 'move' | 'resume'>;
  },
  id: SessionId,
): Promise<ReleaseSessionResult> {
  const found = await deps.sessions.get(id);
  if (!found) return { outcome: 'unknown_session' };
  const { session = found } = found.status === 'open' ? await deps.sessions.expire(id) : {};
  if (session.payment_id) return { outcome: 'payment_begun', session };
  await releaseStock(deps.stock, { checkout_session_id: id });
  return { outcome: 'released', session };
}
