import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListExecutionsCommand, paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import type { Stack } from '../local/stack.ts';
import { callJson } from '../test/support/stack/call-json.ts';
import type { AwsProxies } from './aws-proxies.ts';
import type { Design } from './designs.ts';
import { approve, quiet, startRelay } from './relay.ts';

/** What a purchase uses on AWS. */
export interface Counts {
  readonly awsCalls: number;
  readonly transitions: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly invocations: number;
  /** Memory of the invoked functions, added up over the invocations. */
  readonly memoryGb: number;
  /** To the HTTP API. */
  readonly requests: number;
  /** The zipped code of the function that receives webhooks. */
  readonly codeBytes: number;
}

/** Of the page that waits for the order. */
export const POLLS = 5;

/** Counts a purchase whose buyer returns to the page before PayPal's events arrive. */
export async function countPurchase(
  stack: Stack,
  design: Design,
  proxies: AwsProxies,
  signal: AbortSignal,
): Promise<Counts> {
  const sku = await design.stock(2);
  // The first invocation of a function also reads secrets and asks PayPal for a token.
  await buy(stack, design, sku, signal);
  const began = new Date();
  const counters = Object.values(proxies.of).map((proxy) => proxy.count());
  await buy(stack, design, sku, signal);
  const usages = counters.map((counter) => counter.stop());
  const total = (of: (usage: (typeof usages)[number]) => number) => usages.reduce((sum, usage) => sum + of(usage), 0);
  const invoked = await invocationsSince(began, stack, design);
  const ofThese = (names: readonly string[]) =>
    invoked.reduce((sum, { name, count }) => sum + (names.includes(name) ? count : 0), 0);
  return {
    awsCalls: total(({ awsCalls }) => awsCalls),
    writeUnits: total(({ writeUnits }) => writeUnits),
    readUnits: total(({ readUnits }) => readUnits),
    transitions: ofThese(design.tasks) + (await otherStatesSince(began, stack, design)),
    invocations: ofThese(Object.keys(design.functions)),
    memoryGb: invoked.reduce((sum, { count, memoryGb }) => sum + count * memoryGb, 0),
    requests: ofThese(design.requested),
    codeBytes: invoked.find(({ name }) => name === design.receiver)?.codeBytes ?? Number.NaN,
  };
}

async function buy(stack: Stack, design: Design, sku: string, signal: AbortSignal): Promise<void> {
  const { simulator_url: payPal } = stack;
  const relay = await startRelay(stack);
  try {
    await callJson(payPal, 'PUT', '/_sim/delivery', { hold: true });
    relay.all(design);
    const purchase = await design.checkOut(sku);
    if (!purchase) throw new Error(`${design.name} is sold out`);
    await approve(stack, purchase);
    await design.capture(purchase);
    await callJson(payPal, 'PUT', '/_sim/delivery', { hold: false });
    await callJson(payPal, 'POST', '/_sim/delivery/flush');
    await quiet(stack, design, signal);
    for (let poll = 1; poll <= POLLS; poll++)
      if (!(await design.isOrderReadable(purchase))) throw new Error(`${design.name} has no order`);
  } finally {
    await callJson(payPal, 'PUT', '/_sim/delivery', { hold: false });
    await relay.stop();
  }
}

interface Invoked {
  readonly name: string;
  readonly codeBytes: number;
  readonly memoryGb: number;
  readonly count: number;
}

/** Of each function, by its log. */
async function invocationsSince(began: Date, { clientOptions }: Stack, { functions }: Design): Promise<Invoked[]> {
  const client = new CloudWatchLogsClient(clientOptions);
  const lambda = new LambdaClient(clientOptions);
  return Promise.all(
    Object.entries(functions).map(async ([name, FunctionName]) => {
      const {
        CodeSize: codeBytes = 0,
        MemorySize = 0,
        LoggingConfig,
      } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      const logGroupName = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName}`;
      let count = 0;
      for await (const page of paginateFilterLogEvents({ client }, { logGroupName, startTime: began.getTime() }))
        count += (page.events ?? []).filter(({ message }) => message?.startsWith('START RequestId')).length;
      return { name, codeBytes, memoryGb: MemorySize / 1024, count };
    }),
  );
}

/** The states that were entered, tasks left out: the emulator's history lacks those within a Parallel. */
async function otherStatesSince(began: Date, { clientOptions }: Stack, { stateMachineArn }: Design): Promise<number> {
  const client = new SFNClient(clientOptions);
  const { executions = [] } = await client.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 10 }));
  let entered = 0;
  for (const { executionArn } of executions.filter(({ startDate = began }) => startDate >= began))
    for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn }))
      entered += events.filter(({ type }) => /^(?!Task).*StateEntered$/.test(type ?? '')).length;
  return entered;
}
