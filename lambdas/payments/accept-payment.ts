import type { Payment } from './payment.ts';
import type { Settled, Settler } from './settle.ts';

/** An operator takes money that differs from what was asked; `source` says who. What went back of it by then, PayPal is asked. */
export async function acceptPayment(settler: Settler, payment: Payment, source: string): Promise<Settled> {
  const settled = await settler.settle(payment.payment_id, { kind: 'accepted', source }, payment);
  return settled.outcome === 'moved' && payment.refunded_minor > 0 ? settler.refresh(settled.payment, source) : settled;
}
