import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { payPalNotifications, type Webhook } from '../../src/paypal/notifications.ts';
import { transport } from '../../src/paypal/transport.ts';
import { SUBSCRIBED_EVENT_TYPES } from '../../src/paypal-webhook/event-types.ts';
import { command } from '../support/stack/command.ts';
import { approvalOf, approve, beginPurchase, completedPayment, payPal } from '../support/stack/shop.ts';

const { front_door_url, simulator_url } = inject('stack');
const OURS = `${front_door_url}/webhooks/paypal`;
const OTHERS = 'https://other.example/hook';
const notifications = payPalNotifications(
  transport({
    baseUrl: simulator_url,
    credentials: async () => ({ clientId: 'sandbox-client', clientSecret: 'sandbox-secret' }),
  }),
);

const run = (...args: string[]) => command('ops/paypal.ts', ...args);

const webhookOf = async (url: string) => (await notifications.listWebhooks()).find((webhook) => webhook.url === url);

/** Removes the webhook of the test again. */
async function forget(webhook: Webhook): Promise<void> {
  const token = await fetch(`${simulator_url}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await token.json()) as { access_token: string };
  const address = `${simulator_url}/v1/notifications/webhooks/${webhook.id}`;
  await fetch(address, { method: 'DELETE', headers: { authorization: `Bearer ${access_token}` } });
}

const lineOf = async (id: string) =>
  (await run('events', '--hours', '1')).stdout.split('\n').find((line) => line.includes(id));

describe('npm run paypal', () => {
  it('reports a correct subscription', async () => {
    expect(await run('status')).toMatchObject({ status: 0, stdout: expect.stringContaining('up to date') });
    expect(await run('register')).toMatchObject({ status: 0, stdout: expect.stringContaining('up to date') });
    const { status, stdout } = await run('status', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ webhook_id: (await webhookOf(OURS))?.id, url: OURS, problems: [] });
  });

  it('reports and repairs a subscription with missing event types', async () => {
    const ours = await webhookOf(OURS);
    onTestFinished(async () => void (await run('register')));
    const others = await notifications.createWebhook(OTHERS, ['BILLING.PLAN.CREATED']);
    onTestFinished(() => forget(others));
    await notifications.changeWebhook({ id: String(ours?.id), url: OURS, eventTypes: ['PAYMENT.CAPTURE.COMPLETED'] });

    const { status, stderr } = await run('status');
    expect(status).toBe(1);
    expect(stderr).toContain('not subscribed to CHECKOUT.ORDER.APPROVED');
    const preview = await run('register', '--dry-run', '--json');
    expect(JSON.parse(preview.stdout)).toEqual({ webhook_id: ours?.id, url: OURS, outcome: 'updated', removed: [] });
    expect((await run('status', '--json')).status).toBe(1);
    expect(await run('register')).toMatchObject({ status: 0, stdout: expect.stringContaining(': updated') });

    expect((await run('status')).status).toBe(0);
    expect(new Set((await webhookOf(OURS))?.eventTypes)).toEqual(new Set(SUBSCRIBED_EVENT_TYPES));
    expect(await webhookOf(OTHERS)).toEqual(others);
  });

  it('lists sent against received events and resends the missing ones', async () => {
    const purchase = await beginPurchase();
    await payPal('PUT', '/_sim/delivery', { drop: true });
    await approve(purchase.paypalOrderId);
    await payPal('PUT', '/_sim/delivery', { drop: false });

    const { id } = await approvalOf(purchase);
    expect(await lineOf(id)).toMatch(/CHECKOUT.ORDER.APPROVED {2}not received$/);
    expect(await run('resend', id, '--dry-run')).toMatchObject({ status: 0, stdout: expect.stringContaining('would') });
    const { stdout } = await run('events', '--hours', '1', '--json');
    expect(JSON.parse(stdout).events).toContainEqual(
      expect.objectContaining({ event_id: id, event_type: 'CHECKOUT.ORDER.APPROVED', status: null }),
    );
    expect(await run('resend', id)).toMatchObject({ status: 0, stderr: '' });

    await completedPayment(purchase, 'captured');
    expect(await lineOf(id)).toMatch(new RegExp(`CHECKOUT.ORDER.APPROVED  accepted  ${purchase.paymentId}$`));
  });

  it('fails for an unknown event', async () => {
    expect(await run('resend', 'WH-NONE', '--dry-run')).toMatchObject({ status: 1 });
    expect(await run('resend', 'WH-NONE')).toMatchObject({ status: 1, stderr: expect.stringContaining('WH-NONE') });
  });

  it.each([[], ['fix'], ['resend'], ['status', 'now'], ['events', '--hours', 'many']])(
    'prints its usage for the arguments %s',
    async (...args) => {
      expect(await run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining('usage: ') });
    },
  );
});
