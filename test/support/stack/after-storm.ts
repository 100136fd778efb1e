import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../../../lib/names.ts';
import { type DeadLetter, deadLetterQueue } from '../../../src/settlements/dead-letter-queue.ts';
import { callJson } from './call-json.ts';
import { deployedFunctions } from './deployed-functions.ts';
import { paymentQueueOf, queuedPayments } from './payment-queue.ts';
import { allQuiet, type Storm, type StormStack } from './storm.ts';

/** The open work of a set of payments. */
export interface OpenWork {
  /** Payments that are not captured, have an open settlement or a pending refund. */
  readonly payments: number;
  /** Entries on the list of failed settlements. */
  readonly failures: number;
  readonly deadLetters: number;
  /** Unfinished webhook events of any payment. */
  readonly events: number;
}

/** The effort of a recovery. */
export interface Recovery {
  readonly rounds: number;
  /** Settlements that the operator retried. */
  readonly retried: number;
  /** Events whose deliveries were lost, fetched from PayPal's list. */
  readonly fetched: number;
  /** Second captures that the operator refunded by the repair of their finding. */
  readonly refunded: number;
}

/** A safety limit. */
const MAX_ROUNDS = 6;
const CAPTURED = ['captured', 'partially_refunded', 'refunded', 'reversed'];
/** Makes everything due. */
const LATER_MS = 600_000;

/** Counts the open work of a storm's payments. */
export async function openWork(stack: StormStack, payments: ReadonlySet<string>): Promise<OpenWork> {
  const db = DynamoDBDocumentClient.from(new DynamoDBClient(stack.clientOptions));
  const queue = deadLetterQueue(new SQSClient(stack.clientOptions), stack.dlq_url);
  const count = async (table: TableName, wanted: (item: Record<string, unknown>) => boolean): Promise<number> => {
    const TableName = stack.tables[table];
    let found = 0;
    for await (const { Items = [] } of paginateScan({ client: db }, { TableName, ConsistentRead: true }))
      found += Items.filter(wanted).length;
    return found;
  };
  const ours = (id: unknown) => payments.has(String(id));
  const received: DeadLetter[] = [];
  for (let more = await queue.receive(); more.length > 0; more = await queue.receive()) received.push(...more);
  for (const message of received) await queue.putBack(message);
  return {
    payments: await count(
      'payments',
      ({ payment_id, status, open, refunds_pending }) =>
        ours(payment_id) &&
        (!CAPTURED.includes(String(status)) || Object.keys(open as object).length > 0 || Boolean(refunds_pending)),
    ),
    failures: await count('operations', ({ kind, payment_id }) => kind === 'failed-settlement' && ours(payment_id)),
    deadLetters: received.filter(({ body }) => ours(/pay_\w{26}/.exec(body)?.[0])).length,
    events: await count('webhook-events', ({ status }) => status === 'received'),
  };
}

/** Runs the reconciliation jobs and retries failed settlements as an operator until no work is open. */
export async function recoverAll(
  stack: StormStack,
  { payments }: Pick<Storm, 'payments'>,
  log: (line: string) => void,
): Promise<Recovery> {
  const { lambda, nameOf, call } = deployedFunctions(stack.clientOptions);
  const sqs = new SQSClient(stack.clientOptions);
  const paymentQueue = await paymentQueueOf(lambda, await nameOf('reconciliation'));
  const operator = await operatorOf(stack);
  let retried = 0;
  let fetched = 0;
  const repair = async (): Promise<number> => {
    const as_of = new Date(Date.now() + LATER_MS).toISOString();
    while (!(await call('consistency', { as_of })).finished);
    return operator.refundExtraCaptures();
  };
  for (let round = 1; ; round++) {
    const due_before = new Date(Date.now() + LATER_MS).toISOString();
    fetched += (await call('reconciliation', { job: 'events', due_before })).figures.fetched;
    for (const job of ['inbox', 'payments']) await call('reconciliation', { job, due_before });
    while ((await queuedPayments(sqs, paymentQueue)) > 0) await sleep(200);
    retried += await operator.retryAll();
    await allQuiet(stack);
    await call('reconciliation', { job: 'dead-letters', due_before });

    const open = await openWork(stack, payments);
    log(`recovery round ${round}, open: ${JSON.stringify(open)}`);
    const done = Object.values(open).every((number) => number === 0);
    if (done || round === MAX_ROUNDS) return { rounds: round, retried, fetched, refunded: await repair() };
  }
}

/** Signs in as the shop's operator. */
async function operatorOf({ front_door_url: shop, operator: { username, password } }: StormStack) {
  const { access_token } = await callJson(shop, 'POST', '/api/v1/admin/sign-in', { username, password });
  const headers = { authorization: `Bearer ${access_token}` };
  return {
    async refundExtraCaptures(): Promise<number> {
      let refunded = 0;
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
        const page = await callJson(shop, 'GET', `/api/v1/admin/consistency${query}`, undefined, headers);
        for (const { finding_id, repair } of page.findings) {
          if (repair?.kind !== 'refund_capture') continue;
          const path = `/api/v1/admin/consistency/findings/${encodeURIComponent(finding_id)}/repair`;
          await callJson(shop, 'POST', path, { reason: 'after the storm' }, headers);
          refunded += 1;
        }
        cursor = page.next_cursor ?? null;
      }
      return refunded;
    },

    async retryAll(): Promise<number> {
      let retried = 0;
      let cursor: string | null = '';
      while (cursor !== null) {
        const query: string = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
        const page = await callJson(shop, 'GET', `/api/v1/admin/settlements${query}`, undefined, headers);
        for (const { payment_id } of page.settlements) {
          const body = { reason: 'after the storm' };
          await callJson(shop, 'POST', `/api/v1/admin/settlements/${payment_id}/retry`, body, headers);
          retried += 1;
        }
        cursor = page.next_cursor;
      }
      return retried;
    },
  };
}
