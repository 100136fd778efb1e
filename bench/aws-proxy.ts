import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type AttributeValue, DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ClientOptions } from '../ops/emulator-client.ts';
import { type Item, readUnits, type TableKeys, writeUnits } from '../test/support/capacity-units.ts';

/** What the calls of a function use. */
export interface Usage {
  readonly awsCalls: number;
  readonly writeUnits: number;
  readonly readUnits: number;
}

/** Stands between one function and AWS. */
export interface AwsProxy {
  /** The function's AWS_ENDPOINT_URL. */
  readonly url: string;
  /** Counts calls and their units until `stop`, which throws what a call failed with. */
  count(): { stop(): Usage };
  /** Texts: calls whose body contains one of them fail. */
  readonly failing: Set<string>;
  close(): Promise<void>;
}

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What DynamoDB responds during an outage. The SDK repeats the call. */
const UNAVAILABLE: Response = {
  status: 500,
  headers: { 'content-type': 'application/x-amz-json-1.0' },
  body: Buffer.from('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"injected"}'),
};

/** Starts a proxy on a free loopback port. */
export async function startAwsProxy(options: ClientOptions): Promise<AwsProxy> {
  const { hostname, port } = new URL(options.endpoint);
  const agent = new Agent({ keepAlive: true });
  const measureUnits = unitMeter(new DynamoDBClient(options));
  const failing = new Set<string>();
  let used: { -readonly [Name in keyof Usage]: number } | undefined;
  let failure: unknown;

  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    const forward = () =>
      new Promise<Response>((resolve, reject) => {
        const { method, url: path, headers } = incoming;
        const call = request({ hostname, port, agent, method, path, headers }, async (response) => {
          const { statusCode: status = 502, headers } = response;
          resolve({ status, headers, body: await buffer(response) });
        });
        call.on('error', reject);
        call.end(body);
      });
    const counted = async () => {
      const operation = String(incoming.headers['x-amz-target'] ?? '');
      if (!used) return forward();
      used.awsCalls += 1;
      if (!operation.startsWith('DynamoDB_')) return forward();
      return measureUnits(operation.split('.')[1] ?? '', JSON.parse(body.toString()), used, forward);
    };
    const text = failing.size > 0 ? body.toString() : '';
    const fails = [...failing].some((part) => text.includes(part));
    const response = fails
      ? UNAVAILABLE
      : await counted().catch((error) => {
          failure = error;
          return UNAVAILABLE;
        });
    const { 'transfer-encoding': _, connection: __, ...headers } = response.headers;
    outgoing.writeHead(response.status, { ...headers, 'content-length': response.body.length });
    outgoing.end(response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    failing,
    count() {
      const usage = { awsCalls: 0, writeUnits: 0, readUnits: 0 };
      used = usage;
      failure = undefined;
      return {
        stop() {
          used = undefined;
          if (failure) throw failure;
          return usage;
        },
      };
    },
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Attribute values in DynamoDB's own JSON. */
type Stored = Readonly<Record<string, AttributeValue>>;

interface Input {
  readonly TableName?: string;
  readonly Key?: Stored;
  readonly Item?: Stored;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

interface Output {
  readonly Item?: Stored;
  readonly Items?: readonly Stored[];
  readonly Responses?: Readonly<Record<string, readonly Stored[]>>;
}

/** Adds the capacity units of a call that DynamoDB would charge: the emulator does not measure items. */
function unitMeter(db: DynamoDBClient) {
  const known = new Map<string, Promise<TableKeys>>();
  const keysOf = (table: string): Promise<TableKeys> => {
    const keys = known.get(table) ?? describeKeys(db, table);
    known.set(table, keys);
    return keys;
  };

  return async function measure(
    operation: string,
    input: Input,
    usage: { writeUnits: number; readUnits: number },
    call: () => Promise<Response>,
  ): Promise<Response> {
    if (/^(Put|Update|Delete)Item$/.test(operation)) {
      const { TableName = '', Key, Item = Key } = input;
      const keys = await keysOf(TableName);
      const key = Object.fromEntries(keys.table.map((name) => [name, Item?.[name]])) as Record<string, AttributeValue>;
      const read = async () => (await db.send(new GetItemCommand({ TableName, Key: key, ConsistentRead: true }))).Item;
      return inTurn(async () => {
        const before = await read();
        const response = await call();
        const after = await read();
        usage.writeUnits += writeUnits(keys, itemFrom(before), itemFrom(after));
        return response;
      });
    }
    const response = await call();
    if (response.status !== 200) return response;
    const { Item, Items, Responses = {} }: Output = JSON.parse(response.body.toString());
    const read = (items: readonly Stored[], isConsistent?: boolean) => {
      usage.readUnits += readUnits(
        items.map((item) => unmarshall(item)),
        isConsistent,
      );
    };
    if (operation === 'GetItem') read([Item ?? {}], input.ConsistentRead);
    else if (operation === 'Query') read(Items ?? [], input.ConsistentRead);
    else if (operation === 'BatchGetItem')
      for (const [table, items] of Object.entries(Responses))
        for (const item of items) read([item], input.RequestItems?.[table]?.ConsistentRead);
    else throw new Error(`${operation} is not counted yet`);
    return response;
  };
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** Of all proxies: no other write comes between an item before and after a write. */
function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  const turn = lastTurn.then(run);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

const itemFrom = (stored: Stored | undefined): Item | undefined => stored && unmarshall(stored);

async function describeKeys(db: DynamoDBClient, TableName: string): Promise<TableKeys> {
  const { Table } = await db.send(new DescribeTableCommand({ TableName }));
  const names = (schema: readonly { readonly AttributeName?: string | undefined }[] = []) =>
    schema.flatMap(({ AttributeName }) => AttributeName ?? []);
  return {
    table: names(Table?.KeySchema),
    indexes: (Table?.GlobalSecondaryIndexes ?? []).map(({ KeySchema }) => names(KeySchema)),
  };
}
