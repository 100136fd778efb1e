/** Who can do something about a capture that PayPal refused. */
export type RefusalOwner =
  /** The buyer: chooses another way to pay, or another address. */
  | 'buyer'
  /** The merchant: an operator changes the account, its permissions or the shop. */
  | 'merchant'
  /** PayPal: the same request succeeds later. */
  | 'paypal';

const BUYER: ReadonlySet<string> = new Set([
  'BANK_NOT_SUPPORTED_FOR_VERIFICATION',
  'BILLING_ADDRESS_INVALID',
  'CARD_BRAND_NOT_SUPPORTED',
  'CARD_EXPIRED',
  'DECLINED_DUE_TO_RELATED_TXN',
  'IBAN_COUNTRY_NOT_SUPPORTED',
  'INSTRUMENT_DECLINED',
  'INVALID_IBAN',
  'INVALID_SECURITY_CODE_LENGTH',
  'MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED',
  'ORDER_NOT_APPROVED',
  'PAYER_ACCOUNT_LOCKED_OR_CLOSED',
  'PAYER_ACCOUNT_RESTRICTED',
  'PAYER_ACTION_REQUIRED',
  'PAYER_CANNOT_PAY',
  'PAYMENT_SOURCE_CANNOT_BE_USED',
  'PAYMENT_SOURCE_DECLINED_BY_PROCESSOR',
  'PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED',
  'PAYMENT_SOURCE_NOT_SUPPORTED',
  'PLATFORM_FEE_PAYEE_CANNOT_BE_SAME_AS_PAYER',
  'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING',
  'REFERENCED_CARD_EXPIRED',
  'SHIPPING_ADDRESS_INVALID',
  'TRANSACTION_LIMIT_EXCEEDED',
  'TRANSACTION_REFUSED',
]);

const PAYPAL: ReadonlySet<string> = new Set([
  'INVALID_RESOURCE_ID',
  'ORDER_ALREADY_CAPTURED',
  'ORDER_COMPLETION_IN_PROGRESS',
]);

/**
 * The owner of an issue that PayPal gives for a refused capture; docs/errors.md explains each.
 * `ORDER_NOT_APPROVED`, `PAYER_ACTION_REQUIRED`, `ORDER_ALREADY_CAPTURED` and `INVALID_RESOURCE_ID` are not refusals
 * of the payment: captures handle them before they ask for an owner.
 *
 * All other issues are the merchant's, unknown ones included: a shopper must not be sent to another card that may not
 * help, and only an operator can find out what a new issue means.
 */
export function refusalOwner(issue: string): RefusalOwner {
  if (BUYER.has(issue)) return 'buyer';
  return PAYPAL.has(issue) ? 'paypal' : 'merchant';
}
