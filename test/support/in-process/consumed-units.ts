import { DescribeTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { type Item, readUnits, type TableKeys, writeUnits } from '../capacity-units.ts';
import { dynamo } from '../stack/aws.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly TableName?: string;
    readonly Key?: Item;
    readonly Item?: Item;
    readonly ConsistentRead?: boolean;
    readonly RequestItems?: Readonly<
      Record<string, { readonly Keys?: readonly Item[]; readonly ConsistentRead?: boolean }>
    >;
  };
}
export interface Units {
  write: number;
  read: number;
}

type Send = (this: object, command: Command, ...rest: unknown[]) => Promise<Record<string, unknown>>;

/** Counts units within `during`. Call it before other code wraps the SDK's `send`. */
export function countUnits() {
  let units: Units | undefined;
  const keysOf = new Map<string, TableKeys>();
  const client = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };
  const { send } = client;
  const plain = (command: unknown) => send.call(dynamo, command as Command);

  async function tableKeys(TableName: string): Promise<TableKeys> {
    const known = keysOf.get(TableName);
    if (known) return known;
    const { Table } = (await plain(new DescribeTableCommand({ TableName }))) as {
      Table: { KeySchema: KeySchemaElement[]; GlobalSecondaryIndexes?: { KeySchema: KeySchemaElement[] }[] };
    };
    const names = (schema: KeySchemaElement[]) => schema.flatMap(({ AttributeName }) => AttributeName ?? []);
    const keys = {
      table: names(Table.KeySchema),
      indexes: (Table.GlobalSecondaryIndexes ?? []).map(({ KeySchema }) => names(KeySchema)),
    };
    keysOf.set(TableName, keys);
    return keys;
  }

  const read = async (TableName: string, Key: Item): Promise<Item | undefined> =>
    (await plain(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item as Item | undefined;

  async function countWrite(
    counted: Units,
    TableName: string,
    values: Item,
    write: () => Promise<Record<string, unknown>>,
  ) {
    const keys = await tableKeys(TableName);
    const key = Object.fromEntries(keys.table.map((name) => [name, values[name]]));
    const before = await read(TableName, key);
    try {
      return await write();
    } finally {
      // A condition that fails costs as much as a write.
      const after = await read(TableName, key);
      counted.write += writeUnits(keys, before, after);
    }
  }

  const countRead = (counted: Units, items: readonly Item[], isConsistent = false) => {
    for (const item of items) counted.read += readUnits([item], isConsistent);
  };

  client.send = async function (command, ...rest) {
    const counted = units;
    if (!counted) return send.call(this, command, ...rest);
    const { name } = command.constructor;
    const { TableName = '', Key, Item, ConsistentRead, RequestItems = {} } = command.input;
    const isLowLevel = /ItemCommand$/.test(name);
    const values = (item: Item): Item => (isLowLevel ? unmarshall(item as never) : item);
    const call = () => send.call(this, command, ...rest);
    if (/^(Put|Update|Delete)(Item)?Command$/.test(name))
      return countWrite(counted, TableName, values(Key ?? Item ?? {}), call);
    if (/^Transact|^Query|^Scan|^BatchWrite/.test(name)) throw new Error(`${name} is not counted yet`);
    const result = await call();
    if (/^Get(Item)?Command$/.test(name)) countRead(counted, [values((result.Item ?? {}) as Item)], ConsistentRead);
    if (/^BatchGet(Item)?Command$/.test(name))
      for (const [table, items] of Object.entries((result.Responses ?? {}) as Record<string, Item[]>))
        countRead(counted, items.map(values), RequestItems[table]?.ConsistentRead);
    return result;
  };

  return {
    async during(run: () => Promise<void>): Promise<Units> {
      const counted = { write: 0, read: 0 };
      units = counted;
      await run();
      units = undefined;
      return counted;
    },
    stop(): void {
      client.send = send;
    },
  };
}
