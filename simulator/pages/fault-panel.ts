import { html } from 'hono/html';
import type { Simulation } from '../delivery/simulation.ts';
import type { Fault } from '../state/faults.ts';
import type { Html } from './page.ts';

/** Every call that a shop makes about money is answered with 503 for as long as somebody may care to look. */
const OUTAGE: readonly Fault[] = [
  ['POST', '/v2/checkout/orders'],
  ['GET', '/v2/checkout/orders/*'],
  ['POST', '/v2/checkout/orders/*/capture'],
  ['GET', '/v2/payments/captures/*'],
  ['POST', '/v2/payments/captures/*/refund'],
].map(([method = '', path = '']) => ({ method, path, status: 503, times: 1_000_000 }));

const isOutageFault = (fault: Fault): boolean =>
  fault.status === 503 && OUTAGE.some(({ method, path }) => method === fault.method && path === fault.path);

const MAX_COPIES = 9;
const MAX_DELAY_SECONDS = 60;

/** The part of a page that makes PayPal go wrong, for whoever tries the shop out; afterwards it leads to `back`. */
export function faultPanel({ deliverer, faults }: Simulation, back: string): Html {
  const { hold, shuffle, drop, copies, delay_ms } = deliverer.settings();
  const box = (name: string, text: string, on: boolean) =>
    html`<label><input type="checkbox" name="${name}" ${on ? 'checked' : ''}> ${text}</label>`;
  return html`
    <h2>Trouble</h2>
    <form method="post" action="/trouble">
      <input type="hidden" name="back" value="${back}">
      <fieldset>
        <legend>What shall go wrong with PayPal's notifications?</legend>
        ${box('hold', 'Hold them back', hold)}
        ${box('shuffle', 'Send them in random order', shuffle)}
        ${box('drop', 'Lose them', drop)}
        <label>Send each so many times at once: <input type="number" name="copies" min="1" max="${MAX_COPIES}" value="${copies}"></label>
        <label>Send them so many seconds late: <input type="number" name="delay" min="0" max="${MAX_DELAY_SECONDS}" value="${delay_ms / 1000}"></label>
        ${box('down', 'PayPal is down: orders, captures and refunds are answered with 503', faults.list().some(isOutageFault))}
      </fieldset>
      <p class="few">
        <button class="first" name="do" value="set">Let it go wrong</button>
        <button name="do" value="flush">… and send what is held back (${deliverer.heldCount()})</button>
        <button name="do" value="mend">All well again</button>
      </p>
    </form>`;
}

/** Does what the panel's form says; a number that is none counts as the least. */
export async function applyFaultForm(
  { deliverer, faults }: Simulation,
  form: Readonly<Record<string, unknown>>,
): Promise<void> {
  const wanted = form.do === 'mend' ? {} : form;
  const number = (name: string, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.trunc(Number(wanted[name])) || least));
  deliverer.configure({
    hold: 'hold' in wanted,
    shuffle: 'shuffle' in wanted,
    drop: 'drop' in wanted,
    copies: number('copies', 1, MAX_COPIES),
    delay_ms: number('delay', 0, MAX_DELAY_SECONDS) * 1000,
  });
  // Faults that were set otherwise are somebody else's.
  faults.replace([...faults.list().filter((fault) => !isOutageFault(fault)), ...('down' in wanted ? OUTAGE : [])]);
  if (form.do !== 'set') await deliverer.flush();
}
