import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PAYMENT_STATUSES } from '../../../src/shared/settlement.ts';
import { arrowsTable, knownTable, picture } from '../../support/payment-states-page.ts';

const page = readFileSync(new URL('../../../docs/payment-states.md', import.meta.url), 'utf8');

/** What the page says between the comments of that name. */
const part = (name: string) => page.split(`<!-- ${name} -->\n\n`)[1]?.split(`\n\n<!-- end of ${name} -->`)[0];

it.each([
  ['picture', picture()],
  ['transitions', arrowsTable()],
  ['no-ops', knownTable()],
])('the page about payment states says what the code does: %s', (name, made) => {
  expect(part(name), `docs/payment-states.md, ${name}, should be:\n\n${made}\n`).toBe(made);
});

it('the page about payment states explains every status', () => {
  const explained = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, status]) => status);

  expect(explained).toEqual([...PAYMENT_STATUSES]);
});
