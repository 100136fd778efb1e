import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NO_OPS, TRANSITIONS } from '../../../src/payments/transitions.ts';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { diagram, noOpsTable, transitionsTable } from '../../support/payment-states-page.ts';

const page = readFileSync(new URL('../../../docs/payment-states.md', import.meta.url), 'utf8');

/** The part of the page between the comments of that name. */
const part = (name: string) => page.split(`<!-- ${name} -->\n\n`)[1]?.split(`\n\n<!-- end of ${name} -->`)[0];

describe('docs/payment-states.md', () => {
  it.each([
    ['picture', diagram()],
    ['transitions', transitionsTable()],
    ['no-ops', noOpsTable()],
  ])('matches the code in its part “%s”', (name, generated) => {
    expect(part(name), `docs/payment-states.md, ${name}, should be:\n\n${generated}\n`).toBe(generated);
  });

  it('explains every guard', () => {
    const guards = new Set([...TRANSITIONS, ...NO_OPS].flatMap(({ guards = [] }) => guards));
    const explained = new Set([...page.matchAll(/\*\*([^*]+)\*\*/g)].map(([, name]) => name?.replaceAll(/\s+/g, ' ')));

    expect([...guards].filter((guard) => !explained.has(guard))).toEqual([]);
  });

  it('explains every status', () => {
    const explained = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, status]) => status);

    expect(explained).toEqual([...PAYMENT_STATUSES]);
  });
});
