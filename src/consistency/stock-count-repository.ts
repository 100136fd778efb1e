import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { suspectsSchema, talliesSchema } from './checks/stock.ts';

const countSchema = z.object({
  /** Absent while no reservations are scanned. */
  tallies: z.optional(talliesSchema),
  /** Stock differences found by the previous scan. */
  suspects: suspectsSchema,
});
/** What a scan knows of the stock of all products. */
export type StockCount = z.infer<typeof countSchema>;

/** Where a count is stored. Field names are stored in the run's cursor. */
export const storedCountSchema = z.object({
  /** Counts are written to two places in turn, so that the previous one is whole until the run has stored this. */
  slot: z.enum(['a', 'b']),
  id: z.string(),
  parts: z.int(),
});
export type StoredCount = z.infer<typeof storedCountSchema>;

/** DynamoDB's limit of an item is 400 kB. */
const PART_BYTES = 300_000;
const KIND = 'stock-count';
const partSchema = z.object({ count_id: z.string(), part: z.instanceof(Uint8Array) });

/**
 * The only code that accesses the items of kind `stock-count` in the operations table. The count of some thousand
 * products is too large for one item: it is compressed, and cut into parts.
 */
export const stockCountRepository = (db: DynamoDBDocumentClient, tableName: string) => ({
  /** @param before the stored count, which stays as it is; the one before that is overwritten */
  async save(count: StockCount, id: string, before: StoredCount | undefined): Promise<StoredCount> {
    const slot = before?.slot === 'a' ? 'b' : 'a';
    const bytes = deflateRawSync(JSON.stringify(count));
    const parts = Math.ceil(bytes.length / PART_BYTES);
    for (let i = 0; i < parts; i++) {
      const part = bytes.subarray(i * PART_BYTES, (i + 1) * PART_BYTES);
      await db.send(
        new PutCommand({ TableName: tableName, Item: { kind: KIND, id: `${slot}-${i}`, count_id: id, part } }),
      );
    }
    return { slot, id, parts };
  },

  /** Undefined when a part is missing, or a concurrent run has overwritten it. */
  async read({ slot, id, parts }: StoredCount): Promise<StockCount | undefined> {
    const read: Uint8Array[] = [];
    for (let i = 0; i < parts; i++) {
      const Key = { kind: KIND, id: `${slot}-${i}` };
      const { Item } = await db.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }));
      const stored = Item && z.parse(partSchema, Item);
      if (stored?.count_id !== id) return undefined;
      read.push(stored.part);
    }
    return z.parse(countSchema, JSON.parse(inflateRawSync(Buffer.concat(read)).toString('utf8')));
  },
});
export type StockCountRepository = ReturnType<typeof stockCountRepository>;
