import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TableName } from '../../../lib/names.ts';
import { type DeadLetter, deadLetterQueue } from '../../../src/settlements/dead-letter-queue.ts';
import { callJson } from './call-json.ts';
import { deployedFunctions } from './deployed-functions.ts';
import { allQuiet, type Storm, type StormyStack } from './storm.ts';

/** What is still to be done about some payments. */
export interface OpenWork {
  /** Those that are not captured, or have settlements that did not succeed. */
  readonly payments: number;
  /** Entries on the list of failed settlements. */
  readonly failures: number;
  readonly deadLetters: number;
  /** Webhook events that were taken in and not finished, whatever they are about. */
  readonly events: number;
}

/** What healing took. */
export interface Recovery {
  readonly rounds: number;
  /** Clicks of an operator on a settlement that had failed. */
  readonly retried: number;
  /** Events that PayPal had told of in vain, and that were fetched from its list. */
  readonly fetched: number;
}

/** What is not healed by then never will be. */
const MOST_ROUNDS = 6;
/** As if it were so much later: everything is due by then. */
const LATER_MS = 600_000;

/** Looks for what is left to do about the payments of a storm. */
export async function openWork(stack: StormyStack, payments: ReadonlySet<string>): Promise<OpenWork> {
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
  const taken: DeadLetter[] = [];
  for (let more = await queue.receive(); more.length > 0; more = await queue.receive()) taken.push(...more);
  for (const letter of taken) await queue.putBack(letter);
  return {
    payments: await count(
      'payments',
      ({ payment_id, status, open }) =>
        ours(payment_id) && (status !== 'captured' || Object.keys(open as object).length > 0),
    ),
    failures: await count('operations', ({ kind, payment_id }) => kind === 'failed-settlement' && ours(payment_id)),
    deadLetters: taken.filter(({ body }) => ours(/pay_\w{26}/.exec(body)?.[0])).length,
    events: await count('webhook-events', ({ status }) => status === 'received'),
  };
}

/** Lets a shop heal by its own jobs, and by an operator who retries what has failed, until nothing is left. */
export async function recoverAll(
  stack: StormyStack,
  { payments }: Pick<Storm, 'payments'>,
  say: (line: string) => void,
): Promise<Recovery> {
  const { call } = deployedFunctions(stack.clientOptions);
  const operator = await operatorOf(stack);
  let retried = 0;
  let fetched = 0;
  for (let round = 1; ; round++) {
    const due_before = new Date(Date.now() + LATER_MS).toISOString();
    fetched += (await call('reconciliation', { job: 'events', due_before })).figures.fetched;
    for (const job of ['inbox', 'payments']) await call('reconciliation', { job, due_before });
    retried += await operator.retryAll();
    await allQuiet(stack);
    await call('reconciliation', { job: 'dead-letters', due_before });

    const left = await openWork(stack, payments);
    say(`healed ${round} times, left: ${JSON.stringify(left)}`);
    const done = Object.values(left).every((number) => number === 0);
    if (done || round === MOST_ROUNDS) return { rounds: round, retried, fetched };
  }
}

/** Signs in as the shop's operator. */
async function operatorOf({ front_door_url: shop, operator: { username, password } }: StormyStack) {
  const { access_token } = await callJson(shop, 'POST', '/api/v1/admin/sign-in', { username, password });
  const headers = { authorization: `Bearer ${access_token}` };
  return {
    /** Retries all settlements on the list of those that failed. */
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
