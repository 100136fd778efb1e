import type { Driver } from './driver.ts';

/** Where a purchase's money is in the end: with us for goods, back with the buyer, or it never came. */
export type End = 'kept' | 'returned' | 'none';

/** A part of a story. */
type Step = (world: Driver) => Promise<void>;

/** A purchase from the till to its end. */
export interface Scenario {
  readonly name: string;
  /** Told until its end, or until somebody in it has had enough. */
  readonly runScenario: Step;
  readonly ends: End;
  /** How it may end as well when somebody in it gives up. */
  readonly mayEnd: readonly End[];
  /** What goes back, in minor units, of money that is kept. @default 0 */
  readonly givesBack?: number;
}

/** One thing after the other. */
const inTurn =
  (...steps: readonly Step[]): Step =>
  async (world) => {
    for (const step of steps) await step(world);
  };

const goToPayPal: Step = (world) => world.goToPayPal();
const approve: Step = (world) => world.approve();
const hear: Step = (world) => world.hear();

/** A purchase that is paid, by a buyer who comes back from PayPal. */
const pay = inTurn(goToPayPal, approve, (world) => world.returnToShop());

/** A purchase that is given up at PayPal. */
const giveUp = inTurn(goToPayPal, (world) => world.cancel());

/** A purchase that is paid by e-check, so that its money is pending for days. */
const payByCheck = inTurn(
  goToPayPal,
  (world) => world.approve({ funding: 'pending' }),
  (world) => world.returnToShop(),
  hear,
);

/** Every story that a death is put into. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'the return page captures', ends: 'kept', mayEnd: ['none'], runScenario: inTurn(pay, hear) },
  { name: 'the buyer never returns', ends: 'kept', mayEnd: ['none'], runScenario: inTurn(goToPayPal, approve, hear) },
  {
    name: 'the bank takes its time and pays',
    ends: 'kept',
    mayEnd: ['none'],
    runScenario: inTurn(payByCheck, (world) => world.bank('complete'), hear),
  },
  {
    name: 'the bank takes its time and does not pay',
    ends: 'none',
    mayEnd: [],
    runScenario: inTurn(payByCheck, (world) => world.bank('decline'), hear),
  },
  { name: 'the buyer cancels', ends: 'none', mayEnd: [], runScenario: giveUp },
  {
    name: 'the buyer cancels and approves all the same',
    ends: 'kept',
    mayEnd: ['none'],
    runScenario: inTurn(giveUp, approve, hear),
  },
  {
    name: 'the buyer cancels, the pieces go to others, and money comes',
    ends: 'returned',
    mayEnd: ['kept', 'none'],
    runScenario: inTurn(
      giveUp,
      (world) => world.othersTakeTheRest(),
      (world) => world.approve({ auto_capture: true }),
      hear,
    ),
  },
  {
    name: 'an operator gives some of the money back',
    ends: 'kept',
    mayEnd: ['none'],
    givesBack: 500,
    runScenario: inTurn(pay, (world) => world.refund('5.00'), hear),
  },
  {
    name: 'an operator gives all the money back',
    ends: 'returned',
    mayEnd: ['kept', 'none'],
    runScenario: inTurn(pay, (world) => world.refund(), hear),
  },
];
