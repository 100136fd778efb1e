import { change } from './aws.ts';
import { approve, beginPurchase, captureOf, type Purchase, payPal } from './shop.ts';

/** Stores an event as a function leaves it that crashes between storing and processing. */
export function storeUnprocessed(event: { readonly id: string; readonly event_type: string }) {
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
 * A purchase with one stored, unprocessed event: the event names only the capture, and PayPal did not answer which
 * order that belongs to. PayPal answers again.
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
  const eventId = `WH-UNPROCESSED-${purchase.paymentId.slice(-12)}`;
  await payPal('POST', '/_sim/events', {
    event_id: eventId,
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: { id: captureId, status: 'COMPLETED', amount: { currency_code: 'EUR', value: '19.99' } },
    signature: 'good',
  });
  await payPal('PUT', '/_sim/faults', { faults: [] });
  return { ...purchase, eventId, captureId };
}
