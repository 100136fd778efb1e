import { html } from 'hono/html';
import type { Simulation } from '../delivery/simulation.ts';
import type { Fault } from '../state/faults.ts';
import ISSUES from '../state/paypal-issues.json' with { type: 'json' };
import { clearSettings, NEXT_LINKS, REFUND_STATUSES, type ShapeRule, type State } from '../state/state.ts';
import type { Html } from './page.ts';

const CAPTURE = '/v2/checkout/orders/*/capture';
/** Until the faults are cleared. */
const UNLIMITED = 1_000_000;

const faultsOf = (status: number, requests: readonly (readonly [method: string, path: string])[]): Fault[] =>
  requests.map(([method, path]) => ({ method, path, status, times: UNLIMITED }));

/** Faults of the REST APIs that the panel switches on and off. */
const SWITCHES: readonly { readonly name: string; readonly text: string; readonly faults: readonly Fault[] }[] = [
  {
    name: 'down',
    text: 'Outage: orders, captures and refunds return 503',
    faults: faultsOf(503, [
      ['POST', '/v2/checkout/orders'],
      ['GET', '/v2/checkout/orders/*'],
      ['POST', CAPTURE],
      ['GET', '/v2/payments/captures/*'],
      ['POST', '/v2/payments/captures/*/refund'],
    ]),
  },
  {
    name: 'missing',
    text: 'Not found: orders return 404, although they exist',
    faults: faultsOf(404, [
      ['GET', '/v2/checkout/orders/*'],
      ['POST', CAPTURE],
    ]),
  },
  {
    name: 'forbidden',
    text: 'Forbidden: captures and refunds return 403',
    faults: faultsOf(403, [
      ['GET', '/v2/payments/captures/*'],
      ['GET', '/v2/payments/refunds/*'],
    ]),
  },
];

const isSameFault = (a: Fault, b: Fault): boolean =>
  a.method === b.method && a.path === b.path && a.status === b.status;
const isOn = ({ faults }: (typeof SWITCHES)[number], fault: Fault): boolean =>
  faults.some((own) => isSameFault(own, fault));
const isRefusal = ({ method, path, issue }: Fault): boolean =>
  issue !== undefined && method === 'POST' && path === CAPTURE;

const MAX_COPIES = 9;
const MAX_SECONDS = 60;
const MAX_MINUTES = 600;
const MAX_PAGE = 999;
const MAX_RESULTS = 10_000;

const NEXT_LINK_TEXTS: Readonly<Record<(typeof NEXT_LINKS)[number], string>> = {
  slash: 'As PayPal documents it',
  plain: 'Without the slash before “?”',
  escaped: 'With &amp; between parameters',
  misspelt: 'Misspelt path',
  'other-host': 'On another host',
  broken: 'No URL',
  null: 'null',
};
const SHAPE_TEXTS: Readonly<Record<ShapeRule['match'], string>> = {
  events: 'the resource of events',
  envelopes: 'whole events',
  answers: 'REST API responses',
};

/** The fault injection form. `back` is the page to redirect to. */
export function faultPanel({ deliverer, faults, state }: Simulation, back: string): Html {
  const { hold, shuffle, drop, copies, delay_ms } = deliverer.settings();
  const { reporting, eventList } = state;
  const [shape] = state.shapes;
  const refusal = faults.list().find(isRefusal);
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
        ${number('delay', 'Delay in seconds', 0, MAX_SECONDS, delay_ms / 1000)}
      </fieldset>
      <fieldset>
        <legend>REST API</legend>
        ${SWITCHES.map((one) =>
          box(
            one.name,
            one.text,
            faults.list().some((fault) => isOn(one, fault)),
          ),
        )}
        ${select('refusal', 'Refuse captures with', refusal?.issue ?? '', [
          ['', 'Nothing'],
          ...Object.keys(ISSUES['orders.capture']).map((issue) => [issue, issue] as const),
        ])}
        ${number('refusals', 'Number of refused captures', 1, 99, refusal?.times ?? 1)}
        ${select(
          'refunds',
          'Refunds of the shop become',
          state.refundStatus,
          REFUND_STATUSES.map((status) => [status, status]),
        )}
      </fieldset>
      <details ${shape || state.reporting.denied || eventList.next !== 'slash' ? 'open' : ''}>
        <summary>Lists and fields</summary>
        <fieldset>
          <legend>Event list</legend>
          ${select(
            'next',
            'Link to the next page',
            eventList.next,
            NEXT_LINKS.map((name) => [name, NEXT_LINK_TEXTS[name]]),
          )}
          ${number('next_page', 'On page (0: on every page)', 0, MAX_PAGE, eventList.page ?? 0)}
        </fieldset>
        <fieldset>
          <legend>Transaction Search</legend>
          ${box('unreported', 'No permission: returns 403', reporting.denied)}
          ${number('reporting_delay', 'Transactions appear after minutes', 0, MAX_MINUTES, reporting.delay_ms / 60_000)}
          ${number('max_results', 'Most transactions per query', 1, MAX_RESULTS, reporting.max_results)}
        </fieldset>
        <fieldset>
          <legend>A field that PayPal leaves out</legend>
          <label>Path, such as purchase_units.0.payments:
            <input type="text" name="field" value="${shape?.path ?? ''}" spellcheck="false" autocomplete="off"></label>
          ${select(
            'field_in',
            'In',
            shape?.match ?? 'events',
            Object.entries(SHAPE_TEXTS).map(([name, text]) => [name, text]),
          )}
          ${select('field_as', 'Becomes', shape?.as ?? 'omit', [
            ['omit', 'missing'],
            ['null', 'null'],
          ])}
        </fieldset>
      </details>
      <p class="few">
        <button class="first" name="do" value="inject">Inject</button>
        <button name="do" value="flush">Inject and flush held (${deliverer.heldCount()})</button>
        <button name="do" value="clear">Clear all faults</button>
      </p>
    </form>`;
}

const box = (name: string, text: string, on: boolean): Html =>
  html`<label class="box"><input type="checkbox" name="${name}" ${on ? 'checked' : ''}> ${text}</label>`;

const number = (name: string, text: string, min: number, max: number, value: number): Html => html`
  <label>${text}: <input type="number" name="${name}" min="${min}" max="${max}" value="${value}"></label>`;

const select = (
  name: string,
  text: string,
  selected: string,
  options: readonly (readonly [value: string, text: string])[],
): Html => html`
  <label>${text}: <select name="${name}">${options.map(
    ([value, label]) => html`<option value="${value}" ${value === selected ? 'selected' : ''}>${label}</option>`,
  )}</select></label>`;

type Form = Readonly<Record<string, unknown>>;

/** Applies the panel's form. An invalid number becomes the minimum; a field that the form lacks changes nothing. */
export async function applyFaultForm(sim: Simulation, submitted: Form): Promise<void> {
  const { deliverer, faults, state } = sim;
  const cleared = submitted.do === 'clear';
  const form = cleared ? {} : submitted;
  deliverer.configure({
    hold: 'hold' in form,
    shuffle: 'shuffle' in form,
    drop: 'drop' in form,
    copies: numberIn(form, 'copies', 1, MAX_COPIES),
    delay_ms: numberIn(form, 'delay', 0, MAX_SECONDS) * 1000,
  });
  const issue = Object.keys(ISSUES['orders.capture']).find((name) => name === form.refusal);
  faults.replace([
    // Faults set by the control API stay.
    ...faults.list().filter((fault) => !isRefusal(fault) && !SWITCHES.some((one) => isOn(one, fault))),
    ...(issue ? [{ method: 'POST', path: CAPTURE, issue, times: numberIn(form, 'refusals', 1, 99) }] : []),
    ...SWITCHES.flatMap((one) => (one.name in form ? one.faults : [])),
  ]);
  if (cleared) clearSettings(state);
  else applySettings(state, form);
  if (form.do !== 'inject') await deliverer.flush();
}

function applySettings(state: State, form: Form): void {
  state.refundStatus = REFUND_STATUSES.find((status) => status === form.refunds) ?? state.refundStatus;
  const next = NEXT_LINKS.find((name) => name === form.next);
  if (next) state.eventList = { next, page: numberIn(form, 'next_page', 0, MAX_PAGE) || null };
  if ('max_results' in form) {
    state.reporting = {
      denied: 'unreported' in form,
      delay_ms: numberIn(form, 'reporting_delay', 0, MAX_MINUTES) * 60_000,
      max_results: numberIn(form, 'max_results', 1, MAX_RESULTS),
    };
  }
  if (typeof form.field === 'string') state.shapes = shapesOf(form.field.trim(), form, state.shapes);
}

/** The panel shows the first rule; further ones of the control API stay with it. */
function shapesOf(path: string, form: Form, [, ...others]: readonly ShapeRule[]): ShapeRule[] {
  if (path === '') return [];
  const match = (['envelopes', 'answers'] as const).find((name) => name === form.field_in) ?? 'events';
  return [{ match, path, as: form.field_as === 'null' ? 'null' : 'omit' }, ...others];
}

const numberIn = (form: Form, name: string, min: number, max: number): number =>
  Math.min(max, Math.max(min, Math.trunc(Number(form[name])) || min));
