import { html } from 'hono/html';
import type { Deliverer } from './delivery.ts';

/** The part of the buyer's page that makes PayPal's notifications go wrong, for whoever tries the shop out. */
export function troublePanel(deliverer: Deliverer, orderId: string) {
  const { hold, shuffle, drop, copies } = deliverer.settings();
  const box = (name: string, text: string, on: boolean) =>
    html`<p><label><input type="checkbox" name="${name}" ${on ? 'checked' : ''}> ${text}</label></p>`;
  return html`
    <details>
      <summary>Trouble: let PayPal's notifications go wrong</summary>
      <form method="post" action="/checkoutnow/trouble?token=${orderId}">
        ${box('hold', 'Hold them back', hold)}
        ${box('shuffle', 'Send them in random order', shuffle)}
        ${box('drop', 'Lose them', drop)}
        <p><label>Send each so many times: <input type="number" name="copies" min="1" max="9" value="${copies}"></label></p>
        <button name="do" value="set">Set</button>
        <button name="do" value="flush">Set, and send what is held back (${deliverer.heldCount()})</button>
      </form>
    </details>`;
}

/** Does what the panel's form says; a number that is none counts as 1. */
export async function changeTrouble(deliverer: Deliverer, form: Record<string, unknown>): Promise<void> {
  const copies = Math.min(9, Math.max(1, Math.trunc(Number(form.copies)) || 1));
  deliverer.configure({ hold: 'hold' in form, shuffle: 'shuffle' in form, drop: 'drop' in form, copies });
  if (form.do === 'flush') await deliverer.flush();
}
