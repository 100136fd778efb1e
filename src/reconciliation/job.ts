import type { Measurement } from '../shared/metric-names.ts';
import type { Limits } from './process-batch.ts';

/*
 * Imported by lib/ at synth time, where the clock is set: keep it free of the AWS SDK.
 */

/** Everything that the shop does again and again, so that it heals by itself. */
export const JOB_NAMES = ['payments', 'reservations', 'inbox', 'dead-letters', 'events'] as const;
/** Names a job. */
export type JobName = (typeof JOB_NAMES)[number];

/** One run of a job. Any run may be cut short, and two may run at once: each item is done on the ordinary way, which is safe against both. */
export interface Run extends Omit<Limits, 'maxItems'> {
  /** What was due before that time is looked after, and what ends before it is over. */
  readonly dueBefore: Date;
  /** Where the run before this one ended, if it did not come to the end. */
  readonly cursor: string | undefined;
}

/** What a run did. */
export interface Report {
  /** In numbers, for the log and whoever wants to know. */
  readonly figures: Readonly<Record<string, number>>;
  /** How much of it nobody else would have done: each time something had gone wrong before. */
  readonly repaired: number;
  readonly measurements?: readonly Measurement[];
  readonly cursor?: string | undefined;
}

/** Something that the shop does again and again, so that it heals by itself. */
export type Job = (run: Run) => Promise<Report>;
