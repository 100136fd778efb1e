import { isGivenUp, isPaid, NO_OPS, TRANSITIONS, type Transition } from '../../src/payments/transitions.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../src/shared/settlement.ts';

/*
 * The parts of docs/payment-states.md that are generated from src/payments/transitions.ts.
 */

const IN_PROGRESS = PAYMENT_STATUSES.filter((status) => !isGivenUp(status) && !isPaid(status));
const GIVEN_UP = PAYMENT_STATUSES.filter(isGivenUp);
const PAID = PAYMENT_STATUSES.filter(isPaid);

/** The diagram. Transitions from every status of a group start at the group. */
export function diagram(): string {
  const labels = new Map<string, Set<string>>();
  for (const { evidence, from, to } of TRANSITIONS.filter((transition) => transition.to !== 'unchanged'))
    for (const source of groupsOf(from)) {
      const edge = `${source} --> ${to}`;
      labels.set(edge, (labels.get(edge) ?? new Set()).add(evidence));
    }
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> created',
    ...group('in_progress', IN_PROGRESS),
    ...group('given_up', GIVEN_UP),
    ...[...labels].map(([edge, evidence]) => `  ${edge}: ${[...evidence].join(', ')}`),
    '```',
  ].join('\n');
}

const group = (name: string, statuses: readonly string[]) => [
  `  state ${name} {`,
  ...statuses.map((status) => `    ${status}`),
  '  }',
];

function groupsOf(from: readonly PaymentStatus[]): string[] {
  const whole = (name: string, statuses: readonly PaymentStatus[]) =>
    statuses.every((status) => from.includes(status)) ? { name, statuses } : undefined;
  const groups = [whole('in_progress', IN_PROGRESS), whole('given_up', GIVEN_UP)].filter(
    (found) => found !== undefined,
  );
  const grouped = new Set(groups.flatMap(({ statuses }) => statuses));
  return [...groups.map(({ name }) => name), ...from.filter((status) => !grouped.has(status))];
}

export const transitionsTable = (): string =>
  table(
    ['evidence', 'from', 'when', 'to', 'settlement'],
    TRANSITIONS.map((transition) => {
      const { evidence, from, to, settlement = '' } = transition;
      return [evidence, statuses(from), conditions(transition), to, settlement];
    }),
  );

const conditions = ({ guards = [], authoritative }: Transition) =>
  [...guards, ...(authoritative ? ['confirmed by PayPal'] : [])].join(', ');

export const noOpsTable = (): string =>
  table(
    ['evidence', 'in', 'when'],
    NO_OPS.map(({ evidence, from, guards = [] }) => [evidence, statuses(from), guards.join(', ')]),
  );

/** Lists statuses, whole groups by their name. */
const statuses = (from: readonly PaymentStatus[]): string => {
  const whole = (name: string, statuses: readonly PaymentStatus[]) =>
    statuses.every((status) => from.includes(status)) ? [{ name, statuses }] : [];
  const groups = [...whole('in progress', IN_PROGRESS), ...whole('given up', GIVEN_UP), ...whole('paid', PAID)];
  const grouped = new Set(groups.flatMap(({ statuses }) => statuses));
  return [...groups.map(({ name }) => `any ${name}`), ...from.filter((status) => !grouped.has(status))].join(', ');
};

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
