import type { Money } from '../../src/shared/money.ts';
import type { Simulation } from '../delivery/simulation.ts';
import { OTHER_SHIPPING } from '../state/buyer.ts';
import { resolveCapture } from '../state/captures.ts';
import { changeDispute, disputesOf, openDispute } from '../state/disputes.ts';
import { createEvent } from '../state/events.ts';
import { newId } from '../state/ids.ts';
import { approveOrder, captureAgain, changeBuyer, hasExpired, isOpen } from '../state/orders.ts';
import { cancelReversal, refundableAmount, refundCapture, resolveRefund, reverseCapture } from '../state/refunds.ts';
import type { Capture, Dispute, Order, Refund } from '../state/state.ts';

/** What happens to an order from outside the shop. */
interface Action {
  readonly label: string;
  readonly isAvailable: (sim: Simulation, order: Order, capture: Capture | undefined) => boolean;
  readonly run: (sim: Simulation, order: Order, capture: Capture | undefined) => unknown;
}

const isUnpaid = (capture: Capture | undefined): boolean =>
  capture === undefined || capture.status === 'DECLINED' || capture.status === 'REFUNDED';
const hasMoney = ({ status }: Capture): boolean => status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED';
const isOpenNow = (sim: Simulation, order: Order): boolean => isOpen(order) && !hasExpired(order, sim.now());

/** An action on a capture and on something that belongs to it: available while there is such a thing. */
function onCapture<Target>(
  label: string,
  find: (sim: Simulation, capture: Capture) => Target | undefined,
  run: (sim: Simulation, capture: Capture, target: Target) => unknown,
): Action {
  return {
    label,
    isAvailable: (sim, _, capture) => capture !== undefined && find(sim, capture) !== undefined,
    run(sim, _, capture) {
      const target = capture && find(sim, capture);
      return capture && target !== undefined ? run(sim, capture, target) : undefined;
    },
  };
}

const pending = (_: Simulation, { status }: Capture) => (status === 'PENDING' ? true : undefined);
const left = (_: Simulation, capture: Capture): Money | undefined =>
  hasMoney(capture) && refundableAmount(capture).minor > 0 ? refundableAmount(capture) : undefined;
const half = (sim: Simulation, capture: Capture): Money | undefined => {
  const all = left(sim, capture);
  return all && all.minor > 1 ? { ...all, minor: Math.floor(all.minor / 2) } : undefined;
};
const pendingRefund = (_: Simulation, { refunds }: Capture): Refund | undefined =>
  refunds.find(({ status }) => status === 'PENDING');
const reversal = (_: Simulation, { refunds }: Capture): Refund | undefined =>
  refunds.find((refund) => refund.reversal && refund.status === 'COMPLETED');
const openDisputeOf = ({ state }: Simulation, { id }: Capture): Dispute | undefined =>
  disputesOf(state, id).findLast(({ status }) => status !== 'RESOLVED');
const undisputed = (sim: Simulation, capture: Capture) =>
  hasMoney(capture) && !openDisputeOf(sim, capture) ? true : undefined;
const resolved = (code: NonNullable<Dispute['outcome']>['code']) =>
  ({ status: 'RESOLVED', outcome: { code } }) as const;

/** By the value of the button. */
const ACTIONS: Readonly<Record<string, Action>> = {
  forge: {
    label: 'Send forged payment',
    isAvailable: (_sim, _order, capture) => isUnpaid(capture),
    run: sendForgedEvent,
  },
  late: {
    label: 'Capture at PayPal',
    isAvailable: (sim, order, capture) => !capture && isOpenNow(sim, order),
    run: (sim, order) => approveOrder(sim, order, { funding: 'instant', autoCapture: true }),
  },
  readdress: {
    label: 'Change address',
    isAvailable: isOpenNow,
    run: (sim, order) => changeBuyer(sim, order, { shipping: OTHER_SHIPPING }),
  },
  expire: {
    label: 'Expire',
    isAvailable: (sim, order, capture) => !capture && isOpenNow(sim, order),
    run: (_, order) => {
      order.expired = true;
    },
  },
  complete: onCapture('Complete capture', pending, (sim, capture) => resolveCapture(sim, capture, 'COMPLETED')),
  decline: onCapture('Decline capture', pending, (sim, capture) => resolveCapture(sim, capture, 'DECLINED')),
  again: {
    label: 'Capture again',
    isAvailable: (_sim, order, capture) => order.status === 'COMPLETED' && capture?.status !== 'PENDING',
    run: (sim, order) => captureAgain(sim, order),
  },
  refund: onCapture('Refund at PayPal', left, (sim, capture) => refundCapture(sim, capture, {})),
  'refund-half': onCapture('Refund half', half, (sim, capture, amount) => refundCapture(sim, capture, { amount })),
  'refund-completes': onCapture('Complete refund', pendingRefund, (sim, _, refund) =>
    resolveRefund(sim, refund, 'COMPLETED'),
  ),
  'refund-fails': onCapture('Fail refund', pendingRefund, (sim, _, refund) => resolveRefund(sim, refund, 'FAILED')),
  'refund-cancelled': onCapture('Cancel refund', pendingRefund, (sim, _, refund) =>
    resolveRefund(sim, refund, 'CANCELLED'),
  ),
  reverse: onCapture('Reverse', left, (sim, capture) => reverseCapture(sim, capture)),
  'reverse-half': onCapture('Reverse half', half, (sim, capture, amount) => reverseCapture(sim, capture, amount)),
  'cancel-reversal': onCapture('Cancel reversal', reversal, (sim, capture) => cancelReversal(sim, capture, true)),
  dispute: onCapture('Open dispute', undisputed, (sim, { id }) => openDispute(sim, { sellerTransactionIds: [id] })),
  'dispute-two': onCapture('Open dispute about two payments', undisputed, (sim, { id }) =>
    openDispute(sim, { sellerTransactionIds: [newId(), id] }),
  ),
  resolve: onCapture('Resolve dispute: seller wins', openDisputeOf, (sim, _, dispute) =>
    changeDispute(sim, dispute, resolved('RESOLVED_SELLER_FAVOUR')),
  ),
  'resolve-buyer': onCapture('Resolve dispute: buyer wins', openDisputeOf, (sim, _, dispute) =>
    changeDispute(sim, dispute, resolved('RESOLVED_BUYER_FAVOUR')),
  ),
};

/** The actions that the current status of an order, and of one of its captures, allows. */
export const availableActions = (sim: Simulation, order: Order, capture: Capture | undefined) =>
  Object.entries(ACTIONS).flatMap(([name, { label, isAvailable, run }]) =>
    isAvailable(sim, order, capture) ? [{ name, label, run: () => run(sim, order, capture) }] : [],
  );

/** Sends PAYMENT.CAPTURE.COMPLETED for money that was never paid, signed with the untrusted certificate. */
async function sendForgedEvent(sim: Simulation, order: Order): Promise<void> {
  const [unit] = order.request.purchase_units;
  const id = newId();
  const event = createEvent(sim.origin, sim.now(), {
    type: 'PAYMENT.CAPTURE.COMPLETED',
    summary: 'A forged event',
    resource: {
      id,
      status: 'COMPLETED',
      amount: unit?.amount,
      custom_id: unit?.custom_id,
      supplementary_data: { related_ids: { order_id: order.id } },
    },
    orderId: order.id,
    transactionIds: [id],
  });
  const options = { signature: 'wrong-cert', retry: false } as const;
  await Promise.all([...sim.state.webhooks.keys()].map((webhook) => sim.deliverer.sendNow(event, webhook, options)));
}
