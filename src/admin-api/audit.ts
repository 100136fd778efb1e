import type { AuditRepository } from './audit-repository.ts';

/** Where it is written down what operators do. */
export interface Auditing {
  readonly audit: Pick<AuditRepository, 'write'>;
  readonly ulid: () => string;
  readonly now: () => Date;
}

/** Something that an operator is about to do. */
export interface Deed {
  readonly who: string;
  /** What is wished, such as `refund`. */
  readonly what: string;
  /** The id of what it is done to. */
  readonly target: string;
  readonly why: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes down who does what, and why; called before the deed, so that no deed goes without. */
export const note = ({ audit, ulid, now }: Auditing, { details = {}, ...deed }: Deed): Promise<void> =>
  audit.write({ id: ulid(), at: now().toISOString(), ...deed, details });
