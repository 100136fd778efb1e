import { change } from './aws.ts';
import { approve, beginPurchase, captureOf, type Purchase, payPal } from './shop.ts';

/** Stores an event of PayPal's as the function leaves it that dies between storing and settling. */
export function storeAlone(event: { readonly id: string; readonly event_type: string }) {
  const now = new Date().toISOString();
  return change(
    'webhook-events',
    { event_id: event.id },
    {
      event_type: event.event_type,
      body: JSON.stringify(event),
      received_at: now,
      last_received_at: now,
      status: 'received',
    },
  );
}

/**
 * A purchase that the shop has heard of by one event alone, which it stored and could not settle: all that it says is which capture it
 * is about, and PayPal did not answer what that belongs to. Now PayPal would.
 */
export async function purchaseOfUnprocessedEvent(): Promise<
  Purchase & Readonly<Record<'eventId' | 'captureId', string>>
> {
  const purchase = await beginPurchase();
  await payPal('PUT', '/_sim/delivery', { drop: true });
  await approve(purchase.paypalOrderId);
  await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture`);
  const { id: captureId } = await captureOf(purchase);
  await payPal('PUT', '/_sim/faults', {
    faults: [{ method: 'GET', path: `/v2/payments/captures/${captureId}`, status: 503, times: 1000 }],
  });
  const eventId = `WH-UNSETTLED-${purchase.paymentId.slice(-12)}`;
  await payPal('POST', '/_sim/events', {
    event_id: eventId,
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: { id: captureId, status: 'COMPLETED', amount: { currency_code: 'EUR', value: '19.99' } },
    signature: 'good',
  });
  await payPal('PUT', '/_sim/faults', { faults: [] });
  return { ...purchase, eventId, captureId };
}
