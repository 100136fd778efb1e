import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { type Counters, countersSchema, formatChange } from '../inventory/product.ts';
import type { Violation } from './checks/violation.ts';
import { findingIdOf } from './finding.ts';
import type { FindingRepository } from './finding-repository.ts';
import type { Drift, StockDriftRepository } from './stock-drift-repository.ts';

/** A product in a stream record. */
const imageSchema = z.extend(countersSchema, {
  stocked: z.int(),
  /** Marks of moves. */
  applied: z._default(z.set(z.string()), new Set<string>()),
  /** Set by a correction that has counted all reservations. */
  counted_at: z.optional(z.string()),
});
type Image = z.infer<typeof imageSchema>;

export interface CounterChange {
  readonly sku: string;
  /** Orders the changes of a product. */
  readonly sequence: string;
  /** What the counters have changed by, or `reset`: nothing is known to be wrong any more. */
  readonly by: Counters | 'reset';
}

/**
 * The change of a product's counters that neither a move of a reservation nor restocking explains; undefined when there
 * is none. A move takes items from one counter to another, and leaves its mark in the same write.
 */
export function unexplainedChange({ dynamodb }: Pick<DynamoDBRecord, 'dynamodb'>): CounterChange | undefined {
  const sku = dynamodb?.Keys?.sku?.S;
  const { SequenceNumber: sequence } = dynamodb ?? {};
  if (sku === undefined || sequence === undefined) return undefined;
  const after = imageOf(dynamodb?.NewImage);
  if (!after) return dynamodb?.NewImage ? undefined : { sku, sequence, by: 'reset' };
  const before = imageOf(dynamodb?.OldImage) ?? NEW;
  if (after.counted_at !== before.counted_at) return { sku, sequence, by: 'reset' };

  const by: Counters = {
    // Restocking adds as many items to both.
    available: after.available - before.available - (after.stocked - before.stocked),
    reserved: after.reserved - before.reserved,
    sold: after.sold - before.sold,
  };
  const changed = Object.values(by).filter((change) => change !== 0);
  const marks = [...after.applied].filter((mark) => !before.applied.has(mark));
  const isMove = marks.length === 1 && changed.length === 2 && changed[0] === -(changed[1] ?? 0);
  return changed.length === 0 || isMove ? undefined : { sku, sequence, by };
}

const NEW: Image = { available: 0, reserved: 0, sold: 0, stocked: 0, applied: new Set() };

/** Undefined for an item that is no product: the run of the consistency check names what is wrong with it. */
const imageOf = (image: unknown): Image | undefined =>
  image ? z.safeParse(imageSchema, unmarshall(image as Parameters<typeof unmarshall>[0])).data : undefined;

export interface TrackStockDeps {
  readonly drifts: StockDriftRepository;
  readonly findings: Pick<FindingRepository, 'put' | 'close'>;
}

/**
 * Sums up, per product, the changes that nothing explains, and records the sum as a finding while it is not zero: also of
 * a product that sells all the time. In the order of the records; safe to repeat.
 */
export async function trackStock(
  { drifts, findings }: TrackStockDeps,
  records: readonly Pick<DynamoDBRecord, 'dynamodb'>[],
  now: Date,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const change of records.map(unexplainedChange)) {
    if (!change) continue;
    const { sku, sequence, by } = change;
    const drift = by === 'reset' ? await drifts.reset(sku, sequence) : await drifts.add(sku, by, sequence);
    const violation = drift && violationOf(sku, drift);
    if (violation) {
      await findings.put(violation, now);
      violations.push(violation);
    } else if (drift) await findings.close(findingIdOf({ invariant: 'stock_counters', subject: sku }), now);
  }
  return violations;
}

function violationOf(sku: string, drift: Drift): Violation | undefined {
  const { available, reserved, sold, sequence } = drift;
  if (available === 0 && reserved === 0 && sold === 0) return undefined;
  return {
    invariant: 'stock_counters',
    subject: sku,
    what: `counters changed without a purchase: ${formatChange(drift)}`,
    // `0 -`: there is no negative zero in JSON.
    repair: {
      kind: 'offset_stock',
      sku,
      by: { available: 0 - available, reserved: 0 - reserved, sold: 0 - sold },
      drift: sequence,
    },
  };
}
