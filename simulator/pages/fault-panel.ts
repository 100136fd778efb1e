import { html } from 'hono/html';
import type { Simulation } from '../delivery/simulation.ts';
import type { Fault } from '../state/faults.ts';
import type { Html } from './page.ts';

/** 503 for every request of the shop about orders, captures and refunds, until the faults are cleared. */
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

/** The fault injection form. `back` is the page to redirect to. */
export function faultPanel({ deliverer, faults }: Simulation, back: string): Html {
  const { hold, shuffle, drop, copies, delay_ms } = deliverer.settings();
  const box = (name: string, text: string, on: boolean) =>
    html`<label class="box"><input type="checkbox" name="${name}" ${on ? 'checked' : ''}> ${text}</label>`;
  const number = (name: string, text: string, min: number, max: number, value: number) => html`
    <label>${text}: <input type="number" name="${name}" min="${min}" max="${max}" value="${value}"></label>`;
  return html`
    <h2>Fault injection</h2>
    <form method="post" action="/faults">
      <input type="hidden" name="back" value="${back}">
      <fieldset>
        <legend>Webhooks</legend>
        ${box('hold', 'Hold deliveries', hold)}
        ${box('shuffle', 'Deliver in random order', shuffle)}
        ${box('drop', 'Drop deliveries', drop)}
        ${number('copies', 'Copies of each delivery', 1, MAX_COPIES, copies)}
        ${number('delay', 'Delay in seconds', 0, MAX_DELAY_SECONDS, delay_ms / 1000)}
      </fieldset>
      <fieldset>
        <legend>REST API</legend>
        ${box('down', 'Outage: orders, captures and refunds return 503', faults.list().some(isOutageFault))}
      </fieldset>
      <p class="few">
        <button class="first" name="do" value="inject">Inject</button>
        <button name="do" value="flush">Inject and flush held (${deliverer.heldCount()})</button>
        <button name="do" value="clear">Clear all faults</button>
      </p>
    </form>`;
}

/** Applies the panel's form. An invalid number becomes the minimum. */
export async function applyFaultForm(
  { deliverer, faults }: Simulation,
  form: Readonly<Record<string, unknown>>,
): Promise<void> {
  const fields = form.do === 'clear' ? {} : form;
  const number = (name: string, min: number, max: number) =>
    Math.min(max, Math.max(min, Math.trunc(Number(fields[name])) || min));
  deliverer.configure({
    hold: 'hold' in fields,
    shuffle: 'shuffle' in fields,
    drop: 'drop' in fields,
    copies: number('copies', 1, MAX_COPIES),
    delay_ms: number('delay', 0, MAX_DELAY_SECONDS) * 1000,
  });
  // Faults set by the control API stay.
  faults.replace([...faults.list().filter((fault) => !isOutageFault(fault)), ...('down' in fields ? OUTAGE : [])]);
  if (form.do !== 'inject') await deliverer.flush();
}
