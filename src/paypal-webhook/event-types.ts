/*
 * Imported by whatever registers the webhook at PayPal: keep it free of the AWS SDK.
 */

/**
 * The events that this shop acts on, by PayPal's names: https://developer.paypal.com/api/rest/webhooks/event-names/
 * `CHECKOUT.ORDER.CANCELLED` is not among PayPal's own; it is understood all the same, but cannot be subscribed to.
 */
export const SUBSCRIBED_EVENT_TYPES = [
  'CHECKOUT.ORDER.APPROVED',
  'CHECKOUT.ORDER.COMPLETED',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED',
  'PAYMENT.CAPTURE.COMPLETED',
  'PAYMENT.CAPTURE.PENDING',
  'PAYMENT.CAPTURE.DENIED',
  'PAYMENT.CAPTURE.DECLINED',
  'PAYMENT.CAPTURE.REFUNDED',
  'PAYMENT.CAPTURE.REVERSED',
  'CUSTOMER.DISPUTE.CREATED',
  'CUSTOMER.DISPUTE.UPDATED',
  'CUSTOMER.DISPUTE.RESOLVED',
] as const;
