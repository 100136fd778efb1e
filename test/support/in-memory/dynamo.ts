import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ConfiguredRetryStrategy } from '@smithy/core/retry';
import type { DynamoDBRecord } from 'aws-lambda';
import { holds } from './condition-expressions.ts';

type Item = Record<string, unknown>;

/** The input of a GetItem, PutItem or UpdateItem. */
interface Request {
  readonly TableName: string;
  readonly Key?: Item;
  readonly Item?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Item;
}

/** The input of a TransactWriteItems; of its writes, updates are supported. */
interface Transaction {
  readonly TransactItems?: readonly { readonly Update: Request }[];
}

/** Makes a request at once, and returns its answer; throws when its condition does not hold. */
export type Effect = () => { readonly Item?: Item | undefined; readonly Attributes?: Item | undefined };

/** What lies between a client and the tables: it makes the effect once, later, or never. */
export type Network = (
  call: { readonly command: string; readonly key: string },
  effect: Effect,
) => Promise<ReturnType<Effect>>;

const LENIENT = { removeUndefinedValues: true };

const $metadata = { httpStatusCode: 400 };

/** DynamoDB's single-item requests and transactions of updates on tables in memory, by the names of their keys. */
export function dynamoInMemory(keys: Readonly<Record<string, string>>) {
  const tables = new Map(Object.keys(keys).map((table) => [table, new Map<unknown, Item>()]));
  const changes: { readonly table: string; readonly record: Pick<DynamoDBRecord, 'dynamodb'> }[] = [];
  const streamRecord = ({ TableName, Key, Item = {} }: Request, before: Item | undefined, after: Item) => {
    const key = keys[TableName] ?? '';
    const marshalled = { Keys: marshall(Key ?? { [key]: Item[key] }), NewImage: marshall(after, LENIENT) };
    const images = { ...marshalled, ...(before && { OldImage: marshall(before, LENIENT) }) };
    return {
      dynamodb: { ...images, SequenceNumber: String(changes.length + 1) } as DynamoDBRecord['dynamodb'] & object,
    };
  };
  const keyOf = ({ TableName, Key, Item }: Request) => (Key ?? Item)?.[keys[TableName] ?? ''];
  const rowsOf = (table: string) => {
    const rows = tables.get(table);
    if (!rows) throw new Error(`no table ${table}`);
    return rows;
  };
  const fits = (request: Request) =>
    !request.ConditionExpression ||
    holds(request.ConditionExpression, rowsOf(request.TableName).get(keyOf(request)) ?? {}, {
      values: request.ExpressionAttributeValues ?? {},
      names: request.ExpressionAttributeNames ?? {},
    });
  const write = (request: Request) => {
    const rows = rowsOf(request.TableName);
    const before = structuredClone(rows.get(keyOf(request)));
    const written = request.Item ?? updated({ ...rows.get(keyOf(request)), ...request.Key }, request);
    rows.set(keyOf(request), written);
    changes.push({ table: request.TableName, record: streamRecord(request, before, written) });
    return written;
  };

  const effects: Record<string, (request: Request) => ReturnType<Effect>> = {
    GetItemCommand: (request) => ({ Item: rowsOf(request.TableName).get(keyOf(request)) }),
    PutItemCommand: (request) => effects.UpdateItemCommand?.(request) ?? {},
    UpdateItemCommand: (request) => {
      const found = rowsOf(request.TableName).get(keyOf(request));
      if (fits(request)) return { Attributes: write(request) };
      throw new ConditionalCheckFailedException({
        message: 'condition failed',
        $metadata,
        ...(found && { Item: marshall(found) }),
      });
    },
  };

  /** A transaction's items, made all or none. */
  const transact = (requests: readonly Request[]) => {
    const CancellationReasons = requests.map((request) => ({
      Code: fits(request) ? 'None' : 'ConditionalCheckFailed',
    }));
    if (CancellationReasons.some(({ Code }) => Code !== 'None'))
      throw new TransactionCanceledException({ message: 'cancelled', $metadata, CancellationReasons });
    requests.forEach(write);
  };

  /** A client of its own, as each process has; its SDK retries without delay. */
  const client = (network: Network): DynamoDBDocumentClient => {
    const dynamo = new DynamoDBClient({
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      retryStrategy: new ConfiguredRetryStrategy(5, 0),
    });
    dynamo.middlewareStack.add(
      (_, context) => async (args) => {
        const input = args.input as unknown as Request & Transaction;
        const requests = (input.TransactItems?.map(({ Update }) => Update) ?? [input]).map(unmarshallRequest);
        const command = context.commandName ?? '';
        const effect = () => {
          const [request] = requests;
          if (command === 'TransactWriteItemsCommand') transact(requests);
          else if (request && effects[command]) return effects[command](request);
          else throw new Error(`${command} is not supported`);
          return {};
        };
        const answer = await network({ command, key: requests.map(keyOf).join() }, effect);
        // This replaces the step that unmarshalls.
        const output = { ...answer, $metadata: {} };
        return { output, response: {} } as never;
      },
      { step: 'deserialize', priority: 'high', name: 'in-memory' },
    );
    return DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } });
  };
  /** The records of a table's stream. */
  const stream = (table: string) => changes.flatMap((change) => (change.table === table ? [change.record] : []));
  return { client, transact, rows: rowsOf, stream };
}

function unmarshallRequest(input: Request): Request {
  const plain = (item: Item | undefined) => item && unmarshall(item as Parameters<typeof unmarshall>[0]);
  const { Key, Item, ExpressionAttributeValues } = input;
  return {
    ...input,
    ...(Key && { Key: plain(Key) ?? {} }),
    ...(Item && { Item: plain(Item) ?? {} }),
    ...(ExpressionAttributeValues && { ExpressionAttributeValues: plain(ExpressionAttributeValues) ?? {} }),
  };
}

/** The part of DynamoDB's update expressions that stock moves use. */
function updated(item: Item, { UpdateExpression = '', ...request }: Request): Item {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = request;
  const result = structuredClone(item);
  const nameOf = (name: string) => names[name] ?? name;
  const termValue = (term: string) => (term.startsWith(':') ? values[term] : item[nameOf(term)]);
  for (const [, clause, actions = ''] of UpdateExpression.matchAll(
    /(SET|REMOVE|ADD|DELETE) (.+?)(?= (?:SET|REMOVE|ADD|DELETE) |$)/g,
  ))
    for (const action of actions.split(', ')) {
      const [path = '', ...terms] = action.replace('= ', '').split(' ');
      const [name = '', inner] = path.split('.').map(nameOf);
      const set = [...((result[name] instanceof Set ? result[name] : []) as Iterable<unknown>)];
      const operand = values[terms[0] ?? ''] as Set<unknown>;
      if (clause === 'REMOVE') delete result[name];
      else if (clause === 'ADD') result[name] = new Set([...set, ...operand]);
      else if (clause === 'DELETE') {
        const rest = new Set(set.filter((element) => !operand.has(element)));
        if (rest.size > 0) result[name] = rest;
        else delete result[name];
      } else {
        const [left = '', operator, right = ''] = terms;
        const [a, b] = [termValue(left), operator && termValue(right)] as [number, number];
        const value = operator === '+' ? a + b : operator === '-' ? a - b : a;
        if (inner) (result[name] as Item)[inner] = value;
        else result[name] = value;
      }
    }
  return result;
}
