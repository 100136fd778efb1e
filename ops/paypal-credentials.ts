import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { PayPalNotifications } from '../src/paypal/notifications.ts';
import type { PayPalSecret } from '../src/paypal/secret.ts';
import type { PayPalCredentials } from '../src/paypal/transport.ts';
import { UNSET_CREDENTIAL } from '../src/paypal/unset-credential.ts';
import type { Terminal } from './confirm.ts';

/** PayPal documents no format. A colon would end the id in HTTP Basic authentication. */
const CREDENTIAL = /^[\x21-\x39\x3b-\x7e]{8,255}$/;

/**
 * Reads client id and secret, one a line. At a terminal it asks for them and does not show the secret. They are no
 * arguments of the command, because arguments are visible to other users of the machine and kept by shells.
 * @throws Error when one is missing or invalid; never shows the value.
 */
export async function readCredentials(terminal: Terminal): Promise<PayPalCredentials> {
  const lines = terminal.input.isTTY
    ? [await ask('client id: ', terminal), await ask('client secret (not shown): ', terminal, true)]
    : (await text(terminal.input)).trimEnd().split('\n');
  const [clientId = '', clientSecret = '', ...surplus] = lines.map((line) => line.trim());
  for (const [name, value] of Object.entries({ 'client id': clientId, 'client secret': clientSecret }))
    if (!CREDENTIAL.test(value))
      throw new Error(`invalid ${name}: expected 8 to 255 visible ASCII characters without a colon`);
  if (surplus.length > 0) throw new Error('too many lines: expected the client id and the client secret');
  return { clientId, clientSecret };
}

async function ask(question: string, { input, output }: Terminal, hidden = false): Promise<string> {
  if (hidden) output.write(question);
  const shown = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : output;
  // As a terminal, readline itself shows what is typed: in `shown`.
  const lines = createInterface({ input, output: shown, terminal: true });
  // Ctrl-D and Ctrl-C close it without an answer.
  const closed = once(lines, 'close').then(() => '');
  const answer = await Promise.race([lines.question(hidden ? '' : question).catch(() => ''), closed]);
  lines.close();
  if (hidden) output.write('\n');
  return answer;
}

export interface CredentialsCheck {
  readonly outcome: 'new' | 'replaced' | 'unchanged';
  /** The app has no webhook with the stored id: `register` creates one. */
  readonly needsWebhook: boolean;
}

/**
 * Compares credentials with the stored ones, after PayPal has accepted them.
 * @throws PayPalUnauthorized, PayPalUnavailable
 */
export async function checkCredentials(
  { listWebhooks }: Pick<PayPalNotifications, 'listWebhooks'>,
  stored: PayPalSecret,
  { clientId, clientSecret }: PayPalCredentials,
): Promise<CredentialsCheck> {
  const webhooks = await listWebhooks();
  const needsWebhook = !webhooks.some(({ id }) => id === stored.webhook_id);
  if (stored.client_id === clientId && stored.client_secret === clientSecret)
    return { outcome: 'unchanged', needsWebhook };
  return { outcome: stored.client_id === UNSET_CREDENTIAL ? 'new' : 'replaced', needsWebhook };
}
