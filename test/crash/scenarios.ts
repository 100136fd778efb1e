import type { Driver } from './driver.ts';

/** Where the money of a purchase ends: with the shop, refunded to the buyer, or never captured. */
export type MoneyOutcome = 'kept' | 'returned' | 'none';

type Step = (driver: Driver) => Promise<void>;

/** One purchase from checkout to its final state. */
export interface Scenario {
  readonly name: string;
  /** Stops early when a caller gives up. */
  readonly run: Step;
  readonly outcome: MoneyOutcome;
  /** Further outcomes that are correct when a caller gives up. */
  readonly outcomesAfterGivingUp: readonly MoneyOutcome[];
  /** Refunded minor units of money that is kept. @default 0 */
  readonly refunded?: number;
}

const sequence =
  (...steps: readonly Step[]): Step =>
  async (driver) => {
    for (const step of steps) await step(driver);
  };

const checkOut: Step = (driver) => driver.checkOut();
const approve: Step = (driver) => driver.approve();
const deliverPending: Step = (driver) => driver.deliverPending();

/** The buyer pays and returns from PayPal. */
const pay = sequence(checkOut, approve, (driver) => driver.returnToShop());

/** The buyer cancels at PayPal. */
const abandon = sequence(checkOut, (driver) => driver.cancel());

/** The buyer pays by e-check: the capture stays pending for days. */
const payByCheck = sequence(
  checkOut,
  (driver) => driver.approve({ funding: 'pending' }),
  (driver) => driver.returnToShop(),
  deliverPending,
);

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'the return page captures',
    outcome: 'kept',
    outcomesAfterGivingUp: ['none'],
    run: sequence(pay, deliverPending),
  },
  {
    name: 'the buyer never returns',
    outcome: 'kept',
    outcomesAfterGivingUp: ['none'],
    run: sequence(checkOut, approve, deliverPending),
  },
  {
    name: 'a pending capture completes',
    outcome: 'kept',
    outcomesAfterGivingUp: ['none'],
    run: sequence(payByCheck, (driver) => driver.resolvePending('complete'), deliverPending),
  },
  {
    name: 'a pending capture is declined',
    outcome: 'none',
    outcomesAfterGivingUp: [],
    run: sequence(payByCheck, (driver) => driver.resolvePending('decline'), deliverPending),
  },
  { name: 'the buyer cancels', outcome: 'none', outcomesAfterGivingUp: [], run: abandon },
  {
    name: 'the buyer cancels, then approves',
    outcome: 'kept',
    outcomesAfterGivingUp: ['none'],
    run: sequence(abandon, approve, deliverPending),
  },
  {
    name: 'the buyer cancels, the stock sells out, and a late capture arrives',
    outcome: 'returned',
    outcomesAfterGivingUp: ['kept', 'none'],
    run: sequence(
      abandon,
      (driver) => driver.sellOut(),
      (driver) => driver.approve({ auto_capture: true }),
      deliverPending,
    ),
  },
  {
    name: 'an operator refunds partially',
    outcome: 'kept',
    outcomesAfterGivingUp: ['none'],
    refunded: 500,
    run: sequence(pay, (driver) => driver.refund('5.00'), deliverPending),
  },
  {
    name: 'an operator refunds in full',
    outcome: 'returned',
    outcomesAfterGivingUp: ['kept', 'none'],
    run: sequence(pay, (driver) => driver.refund(), deliverPending),
  },
];
