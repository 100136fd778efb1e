import { moneyText } from '../../src/shared/money.ts';
import { BUYER_NAME, MERCHANT } from './buyer.ts';
import type { StateContext } from './context.ts';
import { newDisputeId, newId } from './ids.ts';
import type { Capture, Dispute } from './state.ts';
import { formatTime } from './times.ts';

/**
 * OPEN opens a dispute or updates the open one; RESOLVED closes it.
 * @returns the dispute; undefined when there is none to resolve
 */
export function disputeCapture(sim: StateContext, capture: Capture, status: Dispute['status']): Dispute | undefined {
  const now = sim.now();
  const open = capture.dispute?.status === 'OPEN' ? capture.dispute : undefined;
  if (!open && status === 'RESOLVED') return undefined;
  const dispute = open ?? { id: newDisputeId(), createTime: now, updateTime: now, status };
  dispute.status = status;
  dispute.updateTime = now;
  capture.dispute = dispute;
  announceDispute(sim, capture, dispute, open ? (status === 'RESOLVED' ? 'RESOLVED' : 'UPDATED') : 'CREATED');
  return dispute;
}

const SUMMARIES = {
  CREATED: (id: string) => `A new dispute opened with Case # ${id}`,
  UPDATED: (id: string) => `Dispute updated with Case # ${id}`,
  RESOLVED: (id: string) => `A dispute was resolved with case # ${id}`,
} as const;

function announceDispute(sim: StateContext, capture: Capture, dispute: Dispute, change: keyof typeof SUMMARIES): void {
  sim.announce({
    type: `CUSTOMER.DISPUTE.${change}`,
    summary: SUMMARIES[change](dispute.id),
    resource: disputeBody(sim, capture, dispute),
    orderId: capture.order.id,
    transactionIds: [capture.id],
  });
}

/** The fields of PayPal's `dispute` resource that a shop needs. */
function disputeBody({ origin }: StateContext, capture: Capture, dispute: Dispute) {
  return {
    dispute_id: dispute.id,
    create_time: dispute.createTime.toISOString(),
    update_time: dispute.updateTime.toISOString(),
    disputed_transactions: [
      {
        buyer_transaction_id: newId(),
        seller_transaction_id: capture.id,
        create_time: formatTime(capture.createTime),
        transaction_status: capture.status,
        gross_amount: moneyText(capture.amount),
        custom: capture.customId,
        buyer: { name: BUYER_NAME },
        seller: { email: MERCHANT.email_address, merchant_id: MERCHANT.merchant_id },
      },
    ],
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: dispute.status,
    dispute_amount: moneyText(capture.amount),
    dispute_outcome: dispute.status === 'RESOLVED' ? { outcome_code: 'RESOLVED_SELLER_FAVOUR' } : undefined,
    dispute_life_cycle_stage: 'INQUIRY',
    dispute_channel: 'INTERNAL',
    links: [{ href: `${origin}/v1/customer/disputes/${dispute.id}`, rel: 'self', method: 'GET' }],
  };
}
