import { type Money, moneyText, sumOf } from '../../src/shared/money.ts';
import { BUYER_NAME, MERCHANT } from './buyer.ts';
import type { StateContext } from './context.ts';
import { newDisputeId, newId } from './ids.ts';
import { reshaped } from './shape.ts';
import type { Dispute, State } from './state.ts';
import { formatTime } from './times.ts';

export interface DisputeOptions {
  /** Of captures, or of transactions that the simulator does not know. */
  readonly sellerTransactionIds: readonly string[];
  readonly amount?: Money | undefined;
  readonly omitted?: readonly string[] | undefined;
}

/** Opens a dispute, as a buyer. */
export function openDispute(
  sim: StateContext,
  { sellerTransactionIds, amount, omitted = [] }: DisputeOptions,
): Dispute {
  const now = sim.now();
  const dispute: Dispute = {
    id: newDisputeId(),
    createTime: now,
    updateTime: now,
    transactions: sellerTransactionIds.map((sellerId) => ({ sellerId, buyerId: newId() })),
    amount,
    omitted,
    status: 'OPEN',
    stage: 'INQUIRY',
  };
  sim.state.disputes.set(dispute.id, dispute);
  announceDispute(sim, dispute, 'CREATED');
  return dispute;
}

/** Updates or resolves a dispute. @returns whether it was open */
export function changeDispute(
  sim: StateContext,
  dispute: Dispute,
  change: Partial<Pick<Dispute, 'status' | 'stage' | 'outcome'>>,
): boolean {
  if (dispute.status === 'RESOLVED') return false;
  Object.assign(dispute, change, { updateTime: sim.now() });
  announceDispute(sim, dispute, change.status === 'RESOLVED' ? 'RESOLVED' : 'UPDATED');
  return true;
}

/** The disputes about a capture, oldest first. */
export const disputesOf = ({ disputes }: State, captureId: string): Dispute[] =>
  [...disputes.values()].filter(({ transactions }) => transactions.some(({ sellerId }) => sellerId === captureId));

const SUMMARIES = {
  CREATED: (id: string) => `A new dispute opened with Case # ${id}`,
  UPDATED: (id: string) => `Dispute updated with Case # ${id}`,
  RESOLVED: (id: string) => `A dispute was resolved with case # ${id}`,
} as const;

function announceDispute(sim: StateContext, dispute: Dispute, change: keyof typeof SUMMARIES): void {
  const [capture] = capturesOf(sim.state, dispute);
  sim.announce({
    type: `CUSTOMER.DISPUTE.${change}`,
    summary: SUMMARIES[change](dispute.id),
    resource: disputeBody(sim, dispute),
    orderId: capture?.order.id ?? dispute.id,
    transactionIds: dispute.transactions.map(({ sellerId }) => sellerId),
  });
}

const capturesOf = ({ captures }: State, { transactions }: Dispute) =>
  transactions.flatMap(({ sellerId }) => captures.get(sellerId) ?? []);

/** The fields of PayPal's `dispute` resource that a shop needs, without those that the dispute omits. */
export function disputeBody(sim: StateContext, dispute: Dispute): object {
  return dispute.omitted.reduce<object>(
    (body, path) => reshaped(body, path.split('.'), 'omit') as object,
    wholeBody(sim, dispute),
  );
}

function wholeBody({ origin, state }: StateContext, dispute: Dispute) {
  const { outcome } = dispute;
  return {
    dispute_id: dispute.id,
    create_time: dispute.createTime.toISOString(),
    update_time: dispute.updateTime.toISOString(),
    disputed_transactions: dispute.transactions.map((transaction) => transactionBody(state, transaction)),
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: dispute.status,
    dispute_amount: moneyText(amountOf(state, dispute)),
    dispute_outcome: outcome && {
      outcome_code: outcome.code,
      amount_refunded: outcome.refunded && moneyText(outcome.refunded),
    },
    dispute_life_cycle_stage: dispute.stage,
    dispute_channel: 'INTERNAL',
    links: [{ href: `${origin}/v1/customer/disputes/${dispute.id}`, rel: 'self', method: 'GET' }],
  };
}

/** The amount of a transaction that the simulator does not know. */
const UNKNOWN_AMOUNT: Money = { currency: 'USD', minor: 1000 };

function transactionBody({ captures }: State, { sellerId, buyerId }: Dispute['transactions'][number]) {
  const capture = captures.get(sellerId);
  return {
    buyer_transaction_id: buyerId,
    seller_transaction_id: sellerId,
    create_time: capture && formatTime(capture.createTime),
    // The statuses of disputed transactions have DENIED instead of DECLINED.
    transaction_status: capture?.status === 'DECLINED' ? 'DENIED' : (capture?.status ?? 'COMPLETED'),
    gross_amount: moneyText(capture?.amount ?? UNKNOWN_AMOUNT),
    custom: capture?.customId,
    buyer: { name: BUYER_NAME },
    seller: { email: MERCHANT.email_address, merchant_id: MERCHANT.merchant_id },
  };
}

function amountOf(state: State, dispute: Dispute): Money {
  if (dispute.amount) return dispute.amount;
  const amounts = capturesOf(state, dispute).map(({ amount }) => amount);
  const [first = UNKNOWN_AMOUNT] = amounts;
  return sumOf([{ ...first, minor: 0 }, ...amounts.filter(({ currency }) => currency === first.currency)]);
}
