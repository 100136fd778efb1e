import type { World } from './world.ts';

/** Where a purchase's money is in the end: with us for goods, back with the buyer, or it never came. */
export type End = 'kept' | 'returned' | 'none';

/** A purchase from the till to its end. */
export interface Story {
  readonly name: string;
  /** Told until its end, or until somebody in it has had enough. */
  readonly tell: (world: World) => Promise<void>;
  readonly ends: End;
  /** How it may end as well when somebody in it gives up. */
  readonly mayEnd: readonly End[];
  /** What goes back, in minor units, of money that is kept. @default 0 */
  readonly givesBack?: number;
}

/** A purchase that is paid, by a buyer who comes back from PayPal. */
async function pay(world: World): Promise<void> {
  await world.goToPayPal();
  await world.approve();
  await world.returnToShop();
}

/** A purchase that is given up at PayPal. */
async function giveUp(world: World): Promise<void> {
  await world.goToPayPal();
  await world.cancel();
}

/** A purchase that is paid by e-check, so that its money is pending for days. */
async function payByCheck(world: World): Promise<void> {
  await world.goToPayPal();
  await world.approve({ funding: 'pending' });
  await world.returnToShop();
  await world.hear();
}

/** Every story that a death is put into. */
export const STORIES: readonly Story[] = [
  {
    name: 'the return page captures',
    ends: 'kept',
    mayEnd: ['none'],
    async tell(world) {
      await pay(world);
      await world.hear();
    },
  },
  {
    name: 'the buyer never returns',
    ends: 'kept',
    mayEnd: ['none'],
    async tell(world) {
      await world.goToPayPal();
      await world.approve();
      await world.hear();
    },
  },
  {
    name: 'the bank takes its time and pays',
    ends: 'kept',
    mayEnd: ['none'],
    async tell(world) {
      await payByCheck(world);
      await world.bank('complete');
      await world.hear();
    },
  },
  {
    name: 'the bank takes its time and does not pay',
    ends: 'none',
    mayEnd: [],
    async tell(world) {
      await payByCheck(world);
      await world.bank('decline');
      await world.hear();
    },
  },
  { name: 'the buyer cancels', ends: 'none', mayEnd: [], tell: giveUp },
  {
    name: 'the buyer cancels and approves all the same',
    ends: 'kept',
    mayEnd: ['none'],
    async tell(world) {
      await giveUp(world);
      await world.approve();
      await world.hear();
    },
  },
  {
    name: 'the buyer cancels, the pieces go to others, and money comes',
    ends: 'returned',
    mayEnd: ['kept', 'none'],
    async tell(world) {
      await giveUp(world);
      await world.othersTakeTheRest();
      await world.approve({ auto_capture: true });
      await world.hear();
    },
  },
  {
    name: 'an operator gives some of the money back',
    ends: 'kept',
    mayEnd: ['none'],
    givesBack: 500,
    async tell(world) {
      await pay(world);
      await world.refund('5.00');
      await world.hear();
    },
  },
  {
    name: 'an operator gives all the money back',
    ends: 'returned',
    mayEnd: ['kept', 'none'],
    async tell(world) {
      await pay(world);
      await world.refund();
      await world.hear();
    },
  },
];
