import { type Money, moneyText } from '../../../src/shared/money.ts';

/**
 * `pending` is an e-check; with `refused`, PayPal rejects the capture because of the buyer, with `restricted` because of
 * the merchant; with `declined`, the capture itself is declined; with `unready`, the bank requires another action of the
 * buyer.
 */
export type Funding = 'instant' | 'pending' | 'refused' | 'restricted' | 'declined' | 'unready';

export interface RefundAtPayPal {
  readonly id: string;
  readonly amount: Money;
  readonly total: Money;
  /** Made by the workflow for a late payment. */
  readonly tooLate: boolean;
}

export interface CaptureAtPayPal {
  readonly id: string;
  readonly amount: Money;
  status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly refunds: RefundAtPayPal[];
}

export interface OrderAtPayPal {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: Money;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  /** ISO 8601, UTC: when the buyer last approved. */
  updatedAt?: string;
  /** PayPal returns 404. */
  gone: boolean;
  /** A capture was rejected because of the funding. */
  refused?: boolean;
  /** PayPal rejects refunds while a dispute is open. */
  disputed?: boolean;
  /** The funding, and the amount that the capture takes. */
  approval?: { readonly funding: Funding; readonly takes: Money };
  capture?: CaptureAtPayPal;
}

/** An order in PayPal's format. */
export const orderBody = (order: OrderAtPayPal) => ({
  id: order.id,
  status: order.status,
  ...(order.updatedAt && { update_time: order.updatedAt }),
  purchase_units: [
    {
      custom_id: order.paymentId,
      amount: moneyText(order.amount),
      payments: {
        captures: order.capture ? [captureBody(order, order.capture)] : [],
        refunds: order.capture?.refunds.map((refund) => refundBody(order.capture as CaptureAtPayPal, refund)) ?? [],
      },
    },
  ],
  ...(order.approval && { payer: { name: { given_name: 'Ada' }, email_address: 'ada@example.com' } }),
});

/** A capture in PayPal's format. */
export const captureBody = ({ id, paymentId }: OrderAtPayPal, capture: CaptureAtPayPal) => ({
  id: capture.id,
  status: capture.status,
  amount: moneyText(capture.amount),
  custom_id: paymentId,
  supplementary_data: { related_ids: { order_id: id } },
  links: [],
});

/** A refund in PayPal's format. */
export const refundBody = (capture: CaptureAtPayPal, { id, amount, total }: RefundAtPayPal) => ({
  id,
  status: 'COMPLETED',
  amount: moneyText(amount),
  seller_payable_breakdown: { total_refunded_amount: moneyText(total) },
  links: [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${capture.id}` }],
});
