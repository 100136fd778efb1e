import type { Move } from './decide.ts';
import { type Evidence, moneyOf } from './evidence.ts';
import type { Guard } from './transitions.ts';

const refundIdsOf = (evidence: Evidence): readonly string[] =>
  'refundIds' in evidence ? evidence.refundIds : 'refundId' in evidence ? [evidence.refundId] : [];

const NEW_REVERSAL = '(attribute_not_exists(reversed_at) OR reversed_at < :time)';

/** Each guard of `transitions.ts` as a DynamoDB condition. A comparison with a missing attribute is false. */
const CONDITIONS: Readonly<Record<Guard, string | ((evidence: Evidence) => string)>> = {
  'on time': 'late = :false',
  'current attempt': 'declines = :attempt',
  'new approval': '(attribute_not_exists(refused_at) OR refused_at < :time)',
  'old approval': 'refused_at >= :time',
  late: 'late = :true',
  'amount matches': 'amount = :amount',
  'amount differs': 'amount <> :amount',
  'same capture': '(attribute_not_exists(capture_id) OR capture_id = :capture)',
  'own capture': 'capture_id = :capture',
  'new extra capture': 'capture_id <> :capture AND attribute_not_exists(extra_captures.#capture)',
  'extra capture': 'attribute_exists(extra_captures.#capture)',
  'increases extra total':
    'extra_captures.#capture.amount.currency = :currency AND extra_captures.#capture.refunded_minor < :total',
  'own currency': 'captured.currency = :currency',
  'increases total': 'refunded_minor < :total',
  'does not increase total': 'refunded_minor >= :total',
  partial: 'captured.minor > :total',
  full: 'captured.minor <= :total',
  'new refund': 'attribute_not_exists(refunds.#refund0)',
  'known refund': 'attribute_exists(refunds.#refund0)',
  'ends a pending refund': (evidence) =>
    `(${refundIdsOf(evidence)
      .map((_, i) => `refunds.#refund${i}.#status = :pending`)
      .join(' OR ')})`,
  'not known as failed':
    '(attribute_not_exists(refunds.#refund0) OR refunds.#refund0.#status IN (:pending, :completed))',
  'known as failed': 'refunds.#refund0.#status IN (:failed, :cancelled)',
  'current total': ({ authoritative, reversedAt }) => {
    if (!authoritative) return NEW_REVERSAL;
    return reversedAt === undefined ? 'attribute_not_exists(reversed_at)' : 'reversed_at = :reversed_at';
  },
  'new reversal': NEW_REVERSAL,
  'old reversal': 'reversed_at >= :time',
  'decreases total': 'refunded_minor > :total',
  'does not decrease total': 'refunded_minor <= :total',
};

const valuesOf = (evidence: Evidence): Record<string, unknown> => ({
  ':true': true,
  ':false': false,
  ':time': evidence.time ?? '',
  ':reversed_at': evidence.reversedAt,
  ':pending': 'PENDING',
  ':completed': 'COMPLETED',
  ':failed': 'FAILED',
  ':cancelled': 'CANCELLED',
  ':currency': moneyOf(evidence)?.currency,
  ...('attempt' in evidence && { ':attempt': evidence.attempt }),
  ...('amount' in evidence && { ':amount': evidence.amount }),
  ...('captureId' in evidence && { ':capture': evidence.captureId }),
  ...('total' in evidence && { ':total': evidence.total.minor }),
});

/** The condition of a move's write: its transition, as a DynamoDB expression. */
export function conditionOf({ transition, evidence, seen, set }: Move): {
  readonly expression: string;
  readonly values: Record<string, unknown>;
  readonly names: Record<string, string>;
} {
  const { from } = transition;
  const guards = (transition.guards ?? []).map((guard) => CONDITIONS[guard]);
  const conditions = [
    `#status IN (${from.map((_, i) => `:from${i}`).join(', ')})`,
    // Such a move writes the status that was read.
    ...(transition.to === 'unchanged' ? ['#status = :seen_status'] : []),
    ...(evidence.paypalOrderId ? ['(attribute_not_exists(paypal_order_id) OR paypal_order_id = :order)'] : []),
    CONDITIONS[seen.late ? 'late' : 'on time'],
    'declines = :declines',
    // Replaced as a whole, so it must be as it was read.
    ...(set.refunds ? [unchanged('refunds', seen.refunds)] : []),
    ...(set.extra_captures ? [unchanged('extra_captures', seen.extra_captures)] : []),
    ...(set.refunded_minor === undefined ? [] : [unchanged('reinstated', seen.reinstated)]),
    ...(evidence.kind === 'accepted' ? ['refunded_minor = :refunded'] : []),
    ...guards.map((guard) => (typeof guard === 'string' ? guard : guard(evidence))),
  ];
  return {
    expression: [...new Set(conditions)].join(' AND '),
    values: {
      ...valuesOf(evidence),
      ':seen_status': seen.status,
      ':declines': seen.declines,
      ':refunded': seen.refunded_minor,
      ':seen_refunds': seen.refunds,
      ':seen_extra_captures': seen.extra_captures,
      ':seen_reinstated': seen.reinstated,
      ':order': evidence.paypalOrderId,
      ...Object.fromEntries(from.map((status, i) => [`:from${i}`, status])),
    },
    names: {
      '#status': 'status',
      ...('captureId' in evidence && { '#capture': evidence.captureId }),
      ...Object.fromEntries(refundIdsOf(evidence).map((id, i) => [`#refund${i}`, id])),
    },
  };
}

const unchanged = (attribute: 'refunds' | 'extra_captures' | 'reinstated', seen: unknown) =>
  seen === undefined ? `attribute_not_exists(${attribute})` : `${attribute} = :seen_${attribute}`;
