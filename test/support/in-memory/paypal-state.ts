import { type Money, moneyText } from '../../../src/shared/money.ts';

/**
 * How the buyer pays: at once, by e-check, with a card that PayPal refuses to charge, one whose charge is declined, or one whose bank
 * wants the buyer to confirm it first.
 */
export type Funding = 'instant' | 'pending' | 'refused' | 'declined' | 'unready';

export interface RefundAtPayPal {
  readonly id: string;
  readonly amount: Money;
  readonly total: Money;
  /** By the workflow, because money came too late for any goods. */
  readonly tooLate: boolean;
}

export interface CaptureAtPayPal {
  readonly id: string;
  readonly amount: Money;
  status: 'PENDING' | 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly refunds: RefundAtPayPal[];
}

/** What is true of one order at PayPal. */
export interface OrderAtPayPal {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: Money;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  /** PayPal answers 404. */
  gone: boolean;
  /** A capture was refused for the buyer's way to pay. */
  refused?: boolean;
  /** While a dispute is open, nothing can be refunded. */
  disputed?: boolean;
  /** How the buyer approved, and what the capture will take. */
  approval?: { readonly funding: Funding; readonly takes: Money };
  capture?: CaptureAtPayPal;
}

/** An order as PayPal writes it. */
export const orderBody = (order: OrderAtPayPal) => ({
  id: order.id,
  status: order.status,
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

/** A capture as PayPal writes it. */
export const captureBody = ({ id, paymentId }: OrderAtPayPal, capture: CaptureAtPayPal) => ({
  id: capture.id,
  status: capture.status,
  amount: moneyText(capture.amount),
  custom_id: paymentId,
  supplementary_data: { related_ids: { order_id: id } },
  links: [],
});

/** A refund as PayPal writes it. */
export const refundBody = (capture: CaptureAtPayPal, { id, amount, total }: RefundAtPayPal) => ({
  id,
  status: 'COMPLETED',
  amount: moneyText(amount),
  seller_payable_breakdown: { total_refunded_amount: moneyText(total) },
  links: [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${capture.id}` }],
});
