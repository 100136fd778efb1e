import type { AuditRepository } from './audit-repository.ts';

/** Where it is written down what operators do. */
export interface AuditDeps {
  readonly audit: Pick<AuditRepository, 'write'>;
  readonly ulid: () => string;
  readonly now: () => Date;
}

/** Something that an operator is about to do. */
export interface OperatorAction {
  readonly actor: string;
  /** What is wished, such as `refund`. */
  readonly action: string;
  /** The id of what it is done to. */
  readonly target: string;
  readonly reason: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Writes down who does what, and why; called before the deed, so that no deed goes without. */
export const recordAction = (
  { audit, ulid, now }: AuditDeps,
  { actor, action, target, reason, details = {} }: OperatorAction,
): Promise<void> =>
  audit.write({ id: ulid(), at: now().toISOString(), who: actor, what: action, target, why: reason, details });
