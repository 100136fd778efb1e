import {
  type BasketLine,
  draftSession,
  type OpenSessionDeps,
  type OpenSessionResult,
  quantityOf,
  reserve,
} from '../checkout/open-session.ts';
import type { Session } from '../checkout/session.ts';
import type { SessionRepository } from '../checkout/session-repository.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { releaseStock } from '../inventory/stock-steps.ts';
import { type PaymentId, paymentIdOf, type SessionId } from '../shared/ids.ts';
import { dueAfter, type EvidenceApplier } from './apply-evidence.ts';
import { cancelForBuyer } from './cancel-payment.ts';
import { newPayment } from './payment.ts';
import type { PaymentRepository } from './payment-repository.ts';
import { isGivenUp, isPaid } from './transitions.ts';

export type ReplaceSessionResult =
  | OpenSessionResult
  /** Of the session to be replaced: its money has arrived, or is on its way. */
  | { readonly outcome: 'payment_decided'; readonly payment_id: PaymentId }
  | { readonly outcome: 'unknown_session' };

export interface ReplaceSessionDeps extends OpenSessionDeps {
  readonly stock: OpenSessionDeps['stock'] & Pick<StockRepository, 'reservation' | 'resume' | 'move' | 'handOver'>;
  readonly sessions: OpenSessionDeps['sessions'] & Pick<SessionRepository, 'get' | 'expire'>;
  readonly payments: Pick<PaymentRepository, 'get' | 'create'>;
  readonly evidenceApplier: EvidenceApplier;
  readonly dueAfterSeconds: number;
}

/**
 * Opens a session in place of another one, whose stock counts as available. The other one keeps its stock unless the new
 * one can be opened: first what is missing is reserved, then the other session is closed and its payment cancelled, then
 * its stock is handed over in one write. A crash in between leaves reservations that expire.
 */
export async function replaceSession(
  deps: ReplaceSessionDeps,
  replaces: SessionId,
  basket: readonly BasketLine[],
): Promise<ReplaceSessionResult> {
  const { stock, sessions } = deps;
  const replaced = await sessions.get(replaces);
  if (!replaced) return { outcome: 'unknown_session' };
  const payment = replaced.payment_id ? await deps.payments.get(replaced.payment_id) : undefined;
  if (payment && isPaid(payment.status)) return { outcome: 'payment_decided', payment_id: payment.payment_id };

  const found = await stock.reservation(replaces);
  const reservation = found && (await stock.resume(found));
  const held = reservation?.status === 'held' ? reservation : undefined;
  const drafted = await draftSession(deps, basket, held?.items);
  if (drafted.outcome !== 'drafted') return drafted;
  const { session } = drafted;
  const id = session.checkout_session_id;
  const heldItems = held?.items ?? [];
  const short = await reserve(stock, session, without(basket, heldItems), heldItems);
  if (short) return short;

  const release = () => releaseStock(stock, { checkout_session_id: id });
  const takeOver = async (): Promise<'done' | 'changed' | 'payment_decided'> => {
    if (!(await closeSession(deps, replaced))) return 'payment_decided';
    const heir = { id, items: basket.map(({ sku, quantity }) => ({ sku, quantity })) };
    return !held || (await stock.handOver(held, without(heldItems, basket), heir)) ? 'done' : 'changed';
  };
  const taken = await takeOver().catch(async (error: unknown) => {
    // Otherwise it expires.
    await release().catch(() => undefined);
    throw error;
  });
  if (taken === 'done') {
    await sessions.create(session);
    return { outcome: 'opened', session };
  }
  await release();
  if (taken === 'payment_decided') return { outcome: 'payment_decided', payment_id: paymentIdOf(replaces) };
  // Another request has taken the stock, or it is available again.
  return replaceSession(deps, replaces, basket);
}

/** The items that `others` do not cover. */
const without = (items: readonly BasketLine[], others: readonly BasketLine[]): BasketLine[] =>
  items
    .map(({ sku, quantity }) => ({ sku, quantity: quantity - quantityOf(others, sku) }))
    .filter(({ quantity }) => quantity > 0);

/** @returns false when its payment cannot be cancelled any more */
async function closeSession(
  { sessions, payments, evidenceApplier, now, dueAfterSeconds }: ReplaceSessionDeps,
  { checkout_session_id: id, status }: Session,
): Promise<boolean> {
  const { session } = status === 'open' ? await sessions.expire(id) : { session: await sessions.get(id) };
  if (!session?.payment_id) return true;
  const at = now();
  const ids = { payment_id: paymentIdOf(id), checkout_session_id: id };
  const stored = await payments.get(ids.payment_id);
  // Deleted long after its end.
  if (!stored && session.status !== 'payment_pending') return true;
  // Its beginning may have failed before the payment was stored.
  const payment =
    stored ?? (await payments.create(newPayment(ids, session.amount, at.toISOString()), dueAfter(dueAfterSeconds, at)));
  if (isGivenUp(payment.status)) return true;
  return isGivenUp((await cancelForBuyer(evidenceApplier, payment)).status);
}
