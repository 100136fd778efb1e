/** How long stock is held for a session whose payment has not begun. */
export const HOLD_MINUTES = 30;
