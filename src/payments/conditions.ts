import type { Move } from './decide.ts';
import type { Evidence } from './evidence.ts';
import type { Guard } from './transitions.ts';

/** Each guard of `transitions.ts` as a DynamoDB condition. */
const CONDITIONS: Readonly<Record<Guard, string>> = {
  'on time': 'late = :false',
  'current attempt': 'declines = :attempt',
  late: 'late = :true',
  'amount matches': 'amount = :amount',
  'amount differs': 'amount <> :amount',
  'same capture': '(attribute_not_exists(capture_id) OR capture_id = :capture)',
  'increases total': 'refunded_minor < :total',
  'does not increase total': 'refunded_minor >= :total',
  partial: 'captured.minor > :total',
  full: 'captured.minor <= :total',
};

const valuesOf = (evidence: Evidence): Record<string, unknown> => ({
  ':true': true,
  ':false': false,
  ...('attempt' in evidence && { ':attempt': evidence.attempt }),
  ...('amount' in evidence && { ':amount': evidence.amount }),
  ...('captureId' in evidence && { ':capture': evidence.captureId }),
  ...(evidence.kind === 'refunded' && { ':total': evidence.total.minor }),
});

/** The condition of a move's write: its transition, as a DynamoDB expression. */
export function conditionOf({ transition, evidence, seen }: Move): {
  expression: string;
  values: Record<string, unknown>;
} {
  const conditions = [
    `#status IN (${transition.from.map((_, i) => `:from${i}`).join(', ')})`,
    ...(evidence.paypalOrderId ? ['(attribute_not_exists(paypal_order_id) OR paypal_order_id = :order)'] : []),
    CONDITIONS[seen.late ? 'late' : 'on time'],
    'declines = :declines',
    ...(transition.guards ?? []).map((guard) => CONDITIONS[guard]),
  ];
  const values = {
    ...valuesOf(evidence),
    ':declines': seen.declines,
    ...(evidence.paypalOrderId && { ':order': evidence.paypalOrderId }),
    ...Object.fromEntries(transition.from.map((status, i) => [`:from${i}`, status])),
  };
  return { expression: [...new Set(conditions)].join(' AND '), values };
}
