import { type Money, moneyText, sumOf } from '../../../src/shared/money.ts';

/**
 * `pending` is an e-check; with `refused`, PayPal rejects the capture because of the buyer, with `refused once` only
 * the first captures of an approval, with `restricted` because of the merchant; with `declined`, the capture itself is
 * declined; with `unready`, the bank requires another action of the buyer.
 */
export type Funding = 'instant' | 'pending' | 'refused' | 'refused once' | 'restricted' | 'declined' | 'unready';

export interface RefundAtPayPal {
  readonly id: string;
  readonly amount: Money;
  /** Refunded in total when it was made. */
  total: Money;
  status: 'PENDING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
  /** Taken by PayPal, as after a chargeback. */
  readonly isReversal: boolean;
  /** A reversal that may be cancelled: neither the order nor the capture show it. */
  hidden?: boolean;
  /** Made by the workflow for a late payment. */
  readonly tooLate: boolean;
}

export interface CaptureAtPayPal {
  readonly id: string;
  readonly amount: Money;
  status: 'PENDING' | 'COMPLETED' | 'DECLINED';
  readonly refunds: RefundAtPayPal[];
  readonly createdAt: Date;
  /** The number of the approval that it charges. */
  readonly approval: number;
}

export interface OrderAtPayPal {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: Money;
  readonly createdAt: Date;
  status: 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  /** ISO 8601, UTC: when the buyer last approved. */
  updatedAt?: string;
  /** PayPal returns 404, for good or for a while. */
  gone: boolean;
  hiddenUntil?: Date;
  /** PayPal rejects refunds while a dispute is open. */
  disputed?: boolean;
  /** PayPal accepts refunds without completing them. */
  slowRefunds?: boolean;
  reversalsCancelled: number;
  /** How often the buyer approved. */
  approvals: number;
  /** The last approval of which PayPal rejected the capture. */
  refusedApproval?: number;
  /** With funding `refused once`: the bank accepts the next capture. */
  cardWorks?: boolean;
  /** The last approval: its funding, the amount that the capture takes, and who receives the parcel. */
  approval?: { readonly funding: Funding; readonly takes: Money; readonly recipient: string };
  /** A declined capture before `capture`. */
  declinedCapture?: CaptureAtPayPal;
  capture?: CaptureAtPayPal;
  /** A second capture of the order. */
  extraCapture?: CaptureAtPayPal;
}

export const capturesOf = ({ declinedCapture, capture, extraCapture }: OrderAtPayPal): CaptureAtPayPal[] =>
  [declinedCapture, capture, extraCapture].filter((one) => one !== undefined);

/** Money that is with the buyer again. */
export const returnedMinor = ({ refunds }: CaptureAtPayPal): number =>
  refunds.reduce((sum, { status, amount }) => sum + (status === 'COMPLETED' ? amount.minor : 0), 0);

/** Whether PayPal captured money, refunded or not. */
export const hasMoney = (capture: CaptureAtPayPal | undefined): capture is CaptureAtPayPal =>
  capture?.status === 'COMPLETED';

const isShown = ({ hidden = false }: RefundAtPayPal) => !hidden;

/** The total that PayPal states with a refund, which counts even while it is pending. */
export const totalWith = ({ refunds }: CaptureAtPayPal, amount: Money): Money =>
  sumOf([
    amount,
    ...refunds.filter((refund) => refund.status === 'COMPLETED' && isShown(refund)).map((refund) => refund.amount),
  ]);

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
        captures: capturesOf(order).map((capture) => captureBody(order, capture)),
        refunds: capturesOf(order).flatMap((capture) =>
          capture.refunds.filter(isShown).map((refund) => refundBody(capture, refund)),
        ),
      },
    },
  ],
  ...(order.approval && {
    payer: { name: { given_name: order.approval.recipient }, email_address: 'ada@example.com' },
  }),
});

/** A capture in PayPal's format. */
export const captureBody = ({ id, paymentId }: OrderAtPayPal, capture: CaptureAtPayPal) => ({
  id: capture.id,
  status: statusOf(capture),
  amount: moneyText(capture.amount),
  custom_id: paymentId,
  supplementary_data: { related_ids: { order_id: id } },
  create_time: capture.createdAt.toISOString(),
  links: [],
});

function statusOf({ status, amount, refunds }: CaptureAtPayPal): string {
  if (status !== 'COMPLETED') return status;
  const returned = returnedMinor({ refunds: refunds.filter(isShown) } as CaptureAtPayPal);
  return returned === 0 ? status : returned === amount.minor ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
}

/** A refund in PayPal's format. */
export const refundBody = (capture: CaptureAtPayPal, { id, status, amount, total }: RefundAtPayPal) => ({
  id,
  status,
  amount: moneyText(amount),
  seller_payable_breakdown: { total_refunded_amount: moneyText(total) },
  links: [{ rel: 'up', href: `https://paypal.example/v2/payments/captures/${capture.id}` }],
});
