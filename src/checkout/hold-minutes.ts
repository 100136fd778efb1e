/** How long stock is held for a session whose payment has not begun. */
export const HOLD_MINUTES = 10;

/** How long a session may be paid after its payment has begun; its stock is held until the payment is decided. */
export const PAYMENT_MINUTES = 30;
