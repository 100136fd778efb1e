import { setTimeout as sleep } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { everythingIn, functionOf, lambda, queues, stepFunctions } from './aws.ts';
import { paymentQueueOf, queuedPayments } from './payment-queue.ts';
import { payPal, until } from './shop.ts';

const { state_machine_arn } = inject('stack');

/** A safety limit: the simulator pauses for 30 s at most, then a function may run for 29 s. */
const SECONDS = 90;

/** Resets faults and delivery of the simulator, and sends what it holds. */
export async function resetPayPal(): Promise<void> {
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await payPal('PUT', '/_sim/delivery', { hold: false, delay_ms: 0, copies: 1, shuffle: false, drop: false });
  await payPal('POST', '/_sim/delivery/flush');
}

/** Work that never ended: the test that left it has failed, the next ones do not wait for it. */
const stuck = new Set<string>();

/**
 * Waits until nothing runs any more: no delivery is pending, no payment is queued, no execution runs, and the result of
 * each is recorded.
 * @throws Error that lists what still runs, once.
 */
export async function quiet(): Promise<void> {
  const deadline = Date.now() + SECONDS * 1000;
  // One reading is not atomic: an execution may send an event after the deliveries were counted. So two readings in a
  // row must be empty.
  for (let empty = 0; empty < 2; ) {
    const running = (await runningWork()).filter((one) => !stuck.has(one));
    empty = running.length === 0 ? empty + 1 : 0;
    if (running.length > 0 && Date.now() > deadline) {
      for (const one of running) stuck.add(one);
      throw new Error(`still running after ${SECONDS} s: ${running.join(', ')}`);
    }
    if (empty < 2) await sleep(50);
  }
}

/** Waits until the simulator has delivered all its events, redeliveries included. */
export const withoutPendingDeliveries = () => until(pendingDeliveries, (pending) => pending === 0, SECONDS);

const pendingDeliveries = async (): Promise<number> => (await payPal('GET', '/_sim/state')).delivery.pending;

let paymentQueue: Promise<string> | undefined;
const queueUrl = (): Promise<string> => {
  paymentQueue ??= functionOf('reconciliation').then((name) => paymentQueueOf(lambda, name));
  return paymentQueue;
};

async function runningWork(): Promise<string[]> {
  const pending = await pendingDeliveries();
  const queued = await queuedPayments(queues, await queueUrl());
  const { executions = [] } = await stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn: state_machine_arn, statusFilter: 'RUNNING' }),
  );
  const [payments, operations] = await Promise.all([everythingIn('payments'), everythingIn('operations')]);
  const failed = new Set(operations.flatMap(({ kind, id }) => (kind === 'failed-settlement' ? [id] : [])));
  const open = payments.flatMap(({ payment_id, open }) =>
    Object.keys(open as object).map((settlement) => `${payment_id}-${settlement}`),
  );
  return [
    ...(pending > 0 ? [`${pending} deliveries`] : []),
    ...(queued > 0 ? [`${queued} queued payments`] : []),
    ...executions.map(({ name }) => `execution ${name}`),
    ...open.filter((settlement) => !failed.has(settlement)).map((settlement) => `open settlement ${settlement}`),
  ];
}
