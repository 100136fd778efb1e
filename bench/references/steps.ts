/** The designs that the product is compared with, and the exports of their entries that are steps, in order. */
export const STEPS = {
  naive: ['inventory', 'checkout', 'fulfillment'],
  booking: ['reserveStock', 'createOrder', 'collectPayment', 'confirmOrder', 'completeCheckout', 'notifyBuyer'],
} as const;

export type ReferenceName = keyof typeof STEPS;
export const REFERENCES = Object.keys(STEPS) as ReferenceName[];
