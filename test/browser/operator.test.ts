import { text } from 'node:stream/consumers';
import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { callFunction, change, stockedProduct } from '../support/stack/aws.ts';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { command } from '../support/stack/command.ts';
import { runConsistencyCheck } from '../support/stack/consistency.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { stockOf } from '../support/stack/invariants.ts';
import { forgetLedger, readLedger, today } from '../support/stack/ledger.ts';
import { seenByOperator } from '../support/stack/operator.ts';
import { closeDialog, confirm, openAsOperator, signInAs, typeIntoFocused } from '../support/stack/operator-pages.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { retry } from '../support/stack/settlements.ts';
import {
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  purchaseUnderReview,
  sessionOf,
  shop,
  until,
} from '../support/stack/shop.ts';
import { waitForHeading } from '../support/stack/shopper.ts';
import { purchaseOfUnprocessedEvent } from '../support/stack/unprocessed-events.ts';

/** A purchase whose order cannot be created, once its settlement is listed as failed. */
async function failedPurchase() {
  const purchase = await purchaseWhoseOrderFails(1000);
  await until(
    () => seenByOperator('/api/v1/admin/settlements'),
    ({ body }) => body.settlements.some(({ payment_id }: { payment_id: string }) => payment_id === purchase.paymentId),
    60,
  );
  return purchase;
}

/** Sends a genuine event about an unknown order, which the shop parks. */
async function parkedEvent(note: string): Promise<string> {
  const eventId = `WH-PARKED-${Math.random().toString(36).slice(2).toUpperCase()}`;
  await payPal('POST', '/_sim/events', {
    event_id: eventId,
    event_type: 'PAYMENT.CAPTURE.COMPLETED',
    resource: {
      id: 'UNKNOWNCAPTURE',
      status: 'COMPLETED',
      amount: { currency_code: 'EUR', value: '19.99' },
      note_to_payer: note,
    },
    signature: 'good',
  });
  return eventId;
}

/** Makes the session inconsistent with its captured payment, beyond the grace period. */
async function corruptSession({ sessionId, paymentId }: Purchase): Promise<void> {
  await change(
    'checkout-sessions',
    { checkout_session_id: sessionId },
    { status: 'payment_pending', payment_status: 'created' },
  );
  await change('payments', { payment_id: paymentId }, { updated_at: minutesAgo(10) });
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

/** PayPal's id of the refund that the payment has pending. */
async function pendingRefundOf({ paymentId }: Purchase): Promise<string> {
  const { body } = await seenByOperator(`/api/v1/admin/payments/${paymentId}`);
  return body.payment.refunds.find(({ status }: { status: string }) => status === 'PENDING').refund_id;
}

/** On a desktop and a phone viewport. */
async function expectAccessible(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  expect(await accessibilityViolations(page)).toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect(await accessibilityViolations(page)).toEqual([]);
}

describe('the admin console', () => {
  it('retries a failed settlement and reports its success', async ({ page }) => {
    const purchase = await failedPurchase();
    await openAsOperator(page, '/admin/settlements', 'Failed settlements');
    const row = page.getByRole('row').filter({ hasText: purchase.paymentId });
    await row.getByText('failed', { exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);

    await payPal('PUT', '/_sim/faults', { faults: [] });
    await row.getByRole('button', { name: 'Retry' }).click();
    await confirm(page, 'Retry', 'PayPal is back');
    await page.getByRole('dialog').getByText('from the beginning').waitFor();
    await closeDialog(page);

    await page
      .getByRole('status')
      .filter({ hasText: `of ${purchase.paymentId}` })
      .waitFor();
    await row.waitFor({ state: 'detached' });
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('counts all failed settlements before it retries them', async ({ page }) => {
    const purchase = await failedPurchase();
    await openAsOperator(page, '/admin/settlements', 'Failed settlements');
    await payPal('PUT', '/_sim/faults', { faults: [] });

    await page.getByRole('button', { name: 'Retry all' }).click();
    await page
      .getByRole('dialog')
      .getByText(/^\d+ settlements? would be retried\.$/)
      .waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await confirm(page, 'Retry all', 'PayPal is back');
    await page
      .getByRole('dialog')
      .getByText(/^\d+ settlements? retried\.$/)
      .waitFor();

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('previews the changes of a replay before it runs', async ({ page }) => {
    const { eventId, ...purchase } = await purchaseOfUnprocessedEvent();
    await openAsOperator(page, '/admin/events?status=received', 'Webhook events');
    await page.locator(`[href$="/events/${eventId}"]`).first().click();
    await page.getByRole('button', { name: 'Replay' }).click();

    const dialog = page.getByRole('dialog');
    await dialog.getByText(/would change from created to captured/).waitFor();
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
    expect(await accessibilityViolations(page)).toEqual([]);

    await confirm(page, 'Replay', 'PayPal was down');
    await dialog.getByText('Event processed').waitFor();
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    await closeDialog(page);
    await page.getByText('accepted', { exact: true }).waitFor();
  });

  it('shows a payment, refunds it partially and marks its order as shipped', async ({ page }) => {
    const purchase = await paidPurchase();
    const payment = page.getByRole('region', { name: 'Money' });
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
    await page.getByText('PAYMENT.CAPTURE.COMPLETED').first().waitFor();

    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByText('Partial amount').click();
    await page.getByRole('textbox', { name: 'Amount in EUR' }).fill('5');
    await confirm(page, 'Refund', 'scratched');
    await page.getByRole('dialog').getByText('€5.00 refunded in total').waitFor();
    await closeDialog(page);
    await payment.getByText('partially refunded').waitFor();

    await page.getByRole('button', { name: 'Mark as shipped' }).click();
    await confirm(page, 'Mark as shipped', 'parcel 1');
    await page.getByRole('dialog').getByText('Marked as shipped').waitFor();
    await closeDialog(page);
    await page.getByRole('region', { name: 'Order' }).getByText('shipped', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Fetch from PayPal' }).click();
    await page.getByText('PARTIALLY_REFUNDED').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('shows the statements of PayPal’s ledger, and exports them as CSV', async ({ page }) => {
    await paidPurchase();
    await readLedger();
    await openAsOperator(page, `/admin/statements?from=${today()}`, 'Statements');
    const row = page.getByRole('row').filter({ hasText: today() }).filter({ hasText: '€' });
    await row.getByText('Incomplete').waitFor();
    await expectAccessible(page);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('statements.csv');
    expect(await text(await download.createReadStream())).toContain(`\r\n${today()},EUR,`);
    await forgetLedger();
  });

  it('does not ship an order while a refund is pending, and does after it failed', async ({ page }) => {
    const purchase = await paidPurchase();
    await payPal('PUT', `/_sim/captures/${(await captureOf(purchase)).id}`, { refunds: 'PENDING' });
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
    const ship = page.getByRole('button', { name: 'Mark as shipped' });
    await ship.waitFor();
    expect(await ship.isEnabled()).toBe(true);

    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByText('Partial amount').click();
    await page.getByRole('textbox', { name: 'Amount in EUR' }).fill('5');
    await confirm(page, 'Refund', 'scratched');
    await page.getByRole('dialog').getByText('PayPal has accepted the refund and has not completed it.').waitFor();
    await closeDialog(page);

    const notice = page.getByRole('region', { name: 'Refund pending at PayPal' });
    await notice.getByText('Do not ship: PayPal has accepted a refund of €5.00').waitFor();
    await page.getByRole('region', { name: 'Money' }).getByText('Pending at PayPal').waitFor();
    await page.getByText('Not possible: a refund is pending at PayPal').waitFor();
    expect(await ship.isDisabled()).toBe(true);
    await expectAccessible(page);

    await payPal('POST', `/_sim/refunds/${await pendingRefundOf(purchase)}/fail`, {});
    await notice.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Money' }).getByText('Failed', { exact: true }).waitFor();
    expect(await ship.isEnabled()).toBe(true);
  });

  it('refunds a second capture of the PayPal order', async ({ page }) => {
    const purchase = await paidPurchase();
    const { id } = await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/capture-again`, {});
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
    const further = page.getByRole('region', { name: 'Further captures of the PayPal order' });
    await further.getByText(id).waitFor();
    // Beyond the grace period.
    await change('payments', { payment_id: purchase.paymentId }, { updated_at: minutesAgo(10) });
    await runConsistencyCheck(60);

    await page.getByRole('button', { name: 'Refund the second capture' }).click();
    await confirm(page, 'Refund the second capture', 'paid twice');
    await page.getByRole('dialog').getByText('Repaired, or repair in progress').waitFor();
    await closeDialog(page);

    await further.getByText('None: refunded in full').waitFor();
    expect(await paymentOf(purchase)).toMatchObject({ status: 'captured' });
  });

  it('accepts a captured amount that differs from the requested one', async ({ page }) => {
    const purchase = await purchaseUnderReview('19.00');
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');

    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('dialog').getByText('€19.00 was captured, but €19.99 was requested.').waitFor();
    await confirm(page, 'Accept', 'agreed by phone');

    await page.getByRole('dialog').getByText('its order is being created').waitFor();
    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('finds a payment by any of its ids', async ({ page }) => {
    const purchase = await paidPurchase();
    const { id: captureId } = await captureOf(purchase);
    await openAsOperator(page, '/admin/audit', 'Audit log');

    for (const id of [purchase.sessionId, purchase.paypalOrderId, captureId]) {
      await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).click();
      await page.getByRole('textbox', { name: 'Find by id' }).fill(id);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/admin/payments/${purchase.paymentId}`);
    }
    await page.getByRole('textbox', { name: 'Find by id' }).fill('NOSUCHID');
    await page.keyboard.press('Enter');
    await page.getByText('No payment has this PayPal order or capture id.').waitFor();
  });

  it('lists a violation, previews its repair and runs it', async ({ page }) => {
    const purchase = await paidPurchase();
    await corruptSession(purchase);
    await openAsOperator(page, '/admin/consistency?invariant=3', 'Findings');
    await page.getByRole('button', { name: 'Run check' }).click();
    await confirm(page, 'Run check', 'spot check');
    await page.getByRole('dialog').getByText('records checked').waitFor();
    await closeDialog(page);
    const row = page.getByRole('row').filter({ hasText: purchase.paymentId });

    await row.getByRole('button', { name: 'Repair' }).click();
    await page.getByRole('region', { name: 'Preview' }).getByText(purchase.paymentId).first().waitFor();
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_pending' });
    expect(await accessibilityViolations(page)).toEqual([]);
    await confirm(page, 'Repair', 'the payment is captured');
    await page.getByRole('dialog').getByText('Repaired, or repair in progress').waitFor();

    await until(
      () => sessionOf(purchase),
      ({ status }) => status === 'payment_completed',
    );
  });

  it('traps keyboard focus in a dialog and restores it on close', async ({ page }) => {
    await openAsOperator(page, `/admin/events/${await parkedEvent('four')}`, 'PAYMENT.CAPTURE.COMPLETED');
    const button = page.getByRole('button', { name: 'Replay' });
    await button.press('Enter');
    await page.getByRole('textbox', { name: 'Reason' }).waitFor();
    // The dialog takes the focus once it has been drawn.
    await page.locator('[role=dialog] :focus').waitFor();

    for (let presses = 0; presses < 8; presses++) {
      await page.keyboard.press('Tab');
      expect(await page.locator('[role=dialog] :focus').count()).toBe(1);
    }
    await page.keyboard.press('Escape');

    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction('document.activeElement?.textContent === "Replay"');
  });

  it('replays all matching events after showing their number', async ({ page }) => {
    const since = new Date().toISOString();
    await parkedEvent('one');
    await parkedEvent('two');
    await openAsOperator(page, `/admin/events?status=parked&from=${since}`, 'Webhook events');

    await page.getByRole('button', { name: 'Replay all' }).click();
    await page.getByRole('dialog').getByText('2 events would be replayed.').waitFor();
    await confirm(page, 'Replay all', 'to be sure');

    await page.getByRole('dialog').getByText('2 events replayed, 0 with changes.').waitFor();
  });

  it('releases stock held without payment, and says how much', async ({ page }) => {
    const sku = await stockedProduct(12);
    for (let i = 0; i < 2; i++) await shop('POST', '/api/v1/checkout-sessions', { items: [{ sku, quantity: 6 }] });
    await until(
      async () => {
        await callFunction('reconciliation', { job: 'reservations' });
        return seenByOperator('/api/v1/admin/health');
      },
      ({ body }) => body.checks.some(({ held = [] }) => held.some((one: { sku: string }) => one.sku === sku)),
      60,
    );
    await openAsOperator(page, '/admin', 'Overview');

    await page.getByRole('button', { name: `Release: Stock of ${sku}` }).click();
    expect(await accessibilityViolations(page)).toEqual([]);
    await confirm(page, 'Release', 'reserved by a bot');
    await page.getByRole('dialog').getByText('12 items of 2 sessions released.').waitFor();

    expect(await stockOf(sku)).toEqual({ available: 12, reserved: 0, sold: 0 });
  });

  it('shows metrics of up to 31 days', async ({ page }) => {
    await openAsOperator(page, '/admin', 'Overview');

    for (const span of ['7 days', '31 days']) {
      await page.getByText(span, { exact: true }).click();
      await page.getByText(/^Settlements: \d+ succeeded/).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.getByRole('alert').allTextContents()).toEqual([]);
    }
  });

  it('ignores invalid filters in the URL', async ({ page }) => {
    await openAsOperator(page, '/admin/events?status=nonsense&from=nonsense&to=2026-99-99', 'Webhook events');

    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
  });

  it('requires a reason for an action', async ({ page }) => {
    const eventId = await parkedEvent('three');
    await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');

    await page.getByRole('button', { name: 'Replay' }).click();
    await confirm(page, 'Replay', '  ');

    await page.getByText('Enter a reason for the audit log.').waitFor();
    const { body } = await seenByOperator(`/api/v1/admin/audit?target=${eventId}`);
    expect(body.entries.filter(({ what }: { what: string }) => what !== 'read-buyer')).toEqual([]);
  });

  it('renders a payload as text, never as markup', async ({ page }) => {
    const script =
      '<script>document.title = "taken over"</script><img src="x" onerror="document.title = \'taken over\'">';
    const eventId = await parkedEvent(script);

    await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');
    await page.getByText('<script>document.title').waitFor();
    await page.getByText('Raw').click();

    await page.getByText(JSON.stringify(script).slice(1, -1)).waitFor();
    expect(await page.title()).toBe('PAYMENT.CAPTURE.COMPLETED · Admin');
    expect(await page.locator('pre script, pre img').count()).toBe(0);
  });
});

const PAGES = [
  ['/admin', 'Overview'],
  ['/admin/consistency', 'Findings'],
  ['/admin/health', 'Health'],
  ['/admin/settings', 'Settings'],
  ['/admin/events', 'Webhook events'],
  ['/admin/settlements', 'Failed settlements'],
  ['/admin/audit', 'Audit log'],
  ['/admin/no/such/page', 'Page not found'],
] as const;

it.for(PAGES)('page %s is accessible and fits on a phone', async ([path, heading], { page }) => {
  await parkedEvent('five');
  await openAsOperator(page, path, heading);

  await expectAccessible(page);

  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Webhook events' }).waitFor();
  expect(await accessibilityViolations(page)).toEqual([]);
});

it('the page of a payment is accessible and fits on a phone', async ({ page }) => {
  const purchase = await failedPurchase();
  await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
  await page.getByRole('heading', { name: 'Settlement “captured” failed' }).waitFor();

  await expectAccessible(page);

  // Leaves no failed settlement to the next test.
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await retry(purchase);
  await completedPayment(purchase, 'captured');
});

it('the page of an event is accessible and fits on a phone', async ({ page }) => {
  const eventId = await parkedEvent('a word that is wider than a phone: '.concat('so'.repeat(100)));
  await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');

  await expectAccessible(page);
});

describe('the sign-in page', () => {
  it.for([
    '/admin',
    '/admin/events',
    '/admin/settlements',
    '/admin/payments/pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
    '/admin/audit',
  ])('is all that is shown at %s before the sign-in', async (path, { page }) => {
    const requested: string[] = [];
    page.on('request', (request) => requested.push(new URL(request.url()).pathname));

    await page.goto(path, { waitUntil: 'networkidle' });

    await waitForHeading(page, 'Sign in');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(requested.filter((url) => url.startsWith('/api/'))).toEqual(['/api/v1/admin/sign-in/refresh']);
  });

  it('rejects wrong credentials', async ({ page }) => {
    await page.goto('/admin');

    await signInAs(page, { ...inject('stack').operator, password: 'wrong' });

    await page.getByText('Incorrect username or password').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

describe('a sign-in', () => {
  it('opens the page of the URL', async ({ page }) => {
    await openAsOperator(page, '/admin/audit?who=ghost', 'Audit log');

    await page.getByText('No matching entries').waitFor();
    expect(page.url()).toMatch(/\/admin\/audit\?who=ghost$/);
  });

  it('returns to the same page after the session has expired', async ({ page }) => {
    await openAsOperator(page, '/admin/audit?who=ghost', 'Audit log');
    const problem = { type: '/problems/not-signed-in', title: 'Authentication required', status: 401, detail: '' };
    await page.route('**/api/v1/admin/audit*', (route) => route.fulfill({ status: 401, json: problem }));

    await page.getByText('Your session has expired.').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await page.unrouteAll();
    await signInAs(page);

    await waitForHeading(page, 'Audit log');
    expect(page.url()).toMatch(/\/admin\/audit\?who=ghost$/);
  });

  it('names the missing role when the user is not an operator', async ({ page }) => {
    const username = await newOperator(inject('stack').operator.user_pool_id);
    await page.goto('/admin/settlements');

    await signInAs(page, { username, password: PASSWORD });

    await page.getByText('Your account has no role').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('leaves no session data after signing out', async ({ page, context }) => {
    await openAsOperator(page, '/admin/audit', 'Audit log');
    expect(await context.cookies()).toMatchObject([{ path: '/api/v1/admin', httpOnly: true, sameSite: 'Strict' }]);
    expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage]) + document.cookie')).not.toContain('ey');

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();

    await waitForHeading(page, 'Sign in');
    expect(await context.cookies()).toEqual([]);
    await page.reload();
    await waitForHeading(page, 'Sign in');
  });

  it('continues in a new tab and after a reload without the password', async ({ page, context }) => {
    await openAsOperator(page, '/admin/audit', 'Audit log');

    const tab = await context.newPage();
    await tab.goto('/admin/events');
    await waitForHeading(tab, 'Webhook events');
    await page.reload();
    await waitForHeading(page, 'Audit log');
  });

  it('ends in all tabs and browsers by signing out everywhere', async ({ page, context }) => {
    const username = await newOperator(inject('stack').operator.user_pool_id, 'admin');
    const elsewhere = await shop('POST', '/api/v1/admin/sign-in', { username, password: PASSWORD });
    await page.goto('/admin/audit');
    await signInAs(page, { username, password: PASSWORD });
    await waitForHeading(page, 'Audit log');
    const tab = await context.newPage();
    await tab.goto('/admin/audit');
    await waitForHeading(tab, 'Audit log');

    await page.getByRole('button', { name: 'Sign out everywhere' }).click();

    await waitForHeading(page, 'Sign in');
    await tab.reload();
    await waitForHeading(tab, 'Sign in');
    const cookie = elsewhere.headers.getSetCookie()[0] ?? '';
    expect((await shop('POST', '/api/v1/admin/sign-in/refresh', undefined, { cookie })).status).toBe(401);
  });

  it('says that it goes on when the shop cannot be reached to sign out', async ({ page }) => {
    await openAsOperator(page, '/admin/audit', 'Audit log');
    await page.route('**/api/v1/admin/sign-out', (route) => route.abort());

    await page.getByRole('button', { name: 'Sign out', exact: true }).click();

    await page.getByRole('alert').filter({ hasText: 'You’re still signed in' }).waitFor();
  });

  it('changes a temporary password by keyboard alone, and shows a viewer no actions', async ({ page }) => {
    const username = `viewer-${process.pid}`;
    const { stdout } = await command('ops/operator.ts', 'add', username, '--role', 'viewer', '--json');
    const own = 'A-password-of-my-own-choice-1';
    await page.goto('/admin/consistency');
    await waitForHeading(page, 'Sign in');

    await typeIntoFocused(page, username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(JSON.parse(stdout).password);
    await page.keyboard.press('Enter');
    await waitForHeading(page, 'Choose a new password');
    expect(await accessibilityViolations(page)).toEqual([]);
    await typeIntoFocused(page, own);
    await page.keyboard.press('Tab');
    await page.keyboard.type('another one');
    await page.getByText('The passwords differ.').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(own);
    await page.keyboard.press('Enter');

    await waitForHeading(page, 'Findings');
    expect(await page.getByRole('button', { name: 'Run check' }).count()).toBe(0);
  });
});
