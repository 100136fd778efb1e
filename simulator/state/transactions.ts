import { type Money, moneyText } from '../../src/shared/money.ts';
import { feeOf } from './amounts.ts';
import type { Capture, Refund, State } from './state.ts';
import { formatReportTime } from './times.ts';

/** One movement on the merchant's account, as Transaction Search reports it. */
export interface Transaction {
  readonly id: string;
  readonly createTime: Date;
  /** The `transaction_info` of PayPal's OpenAPI file. */
  readonly info: {
    readonly transaction_id: string;
    readonly transaction_event_code: string;
    /** In whole seconds. */
    readonly transaction_initiation_date: string;
    readonly transaction_status: 'S' | 'P' | 'D' | 'V';
    readonly transaction_amount: ReturnType<typeof moneyText>;
  } & Readonly<Record<string, unknown>>;
}

/** https://developer.paypal.com/docs/transaction-search/transaction-event-codes/ */
const EVENT_CODES = {
  payment: 'T0006', // PayPal Checkout APIs
  reversal: 'T1106', // payment reversal, initiated by PayPal
  refund: 'T1107', // payment refund, initiated by merchant
  cancellation: 'T1202', // chargeback reversal
} as const;

/** D and P move no money; V is fully refunded or reversed: `transaction_status` in PayPal's OpenAPI file. */
const CAPTURE_STATUS = {
  PENDING: 'P',
  COMPLETED: 'S',
  DECLINED: 'D',
  PARTIALLY_REFUNDED: 'S',
  REFUNDED: 'V',
} as const satisfies Record<Capture['status'], Transaction['info']['transaction_status']>;

const REFUND_STATUS = { PENDING: 'P', COMPLETED: 'S', FAILED: 'D', CANCELLED: 'D' } as const;

/** All transactions, oldest first. */
export function transactionsOf({ captures, refunds }: State): Transaction[] {
  return [...[...captures.values()].map(paymentOf), ...[...refunds.values()].flatMap(refundOf)].sort(
    (a, b) => a.createTime.getTime() - b.createTime.getTime(),
  );
}

function paymentOf({ id, status, amount, customId, invoiceId, createTime, updateTime }: Capture): Transaction {
  const moved = CAPTURE_STATUS[status] === 'S' || CAPTURE_STATUS[status] === 'V';
  return transaction({
    id,
    code: EVENT_CODES.payment,
    status: CAPTURE_STATUS[status],
    amount,
    fee: moved ? negative(feeOf(amount)) : undefined,
    customId,
    invoiceId,
    createTime,
    updateTime,
  });
}

/** A refund; for a reversal that PayPal took back, also the transaction that returned the money. */
function refundOf(refund: Refund): Transaction[] {
  const { id, capture, amount, reversal, status, cancellation, createTime, updateTime } = refund;
  const common = {
    referenceId: capture.id,
    // Transactions that follow another repeat its custom_field (recorded).
    customId: refund.customId ?? capture.customId,
    invoiceId: refund.invoiceId ?? capture.invoiceId,
  };
  const back = transaction({
    ...common,
    id,
    code: reversal ? EVENT_CODES.reversal : EVENT_CODES.refund,
    status: cancellation ? 'V' : REFUND_STATUS[status],
    amount: negative(amount),
    // A reversal returns no fee (recorded).
    fee: reversal || status !== 'COMPLETED' ? undefined : feeOf(amount),
    createTime,
    updateTime,
  });
  if (!cancellation) return [back];
  const { id: returnId, at } = cancellation;
  const code = EVENT_CODES.cancellation;
  return [back, transaction({ ...common, id: returnId, code, status: 'S', amount, createTime: at, updateTime: at })];
}

const negative = ({ currency, minor }: Money): Money => ({ currency, minor: -minor });

function transaction(details: {
  readonly id: string;
  readonly code: string;
  readonly status: Transaction['info']['transaction_status'];
  /** Negative for money that left the account, as the fee is. */
  readonly amount: Money;
  readonly fee?: Money | undefined;
  readonly referenceId?: string | undefined;
  readonly customId?: string | undefined;
  readonly invoiceId?: string | undefined;
  readonly createTime: Date;
  readonly updateTime: Date;
}): Transaction {
  const { id, code, status, amount, fee, referenceId, customId, invoiceId, createTime, updateTime } = details;
  const info = {
    transaction_id: id,
    ...(referenceId && { paypal_reference_id: referenceId, paypal_reference_id_type: 'TXN' }),
    transaction_event_code: code,
    transaction_initiation_date: formatReportTime(createTime),
    transaction_updated_date: formatReportTime(updateTime),
    transaction_amount: moneyText(amount),
    fee_amount: fee && moneyText(fee),
    transaction_status: status,
    invoice_id: invoiceId,
    custom_field: customId,
    protection_eligibility: '01',
  };
  return { id, createTime, info };
}
