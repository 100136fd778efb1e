import type { Page } from 'playwright-core';
import { describe, expect, inject } from 'vitest';
import { change } from '../support/stack/aws.ts';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { purchaseWhoseOrderFails } from '../support/stack/failing-order.ts';
import { seenByOperator } from '../support/stack/operator.ts';
import { closeDialog, confirm, openAsOperator, signInAs } from '../support/stack/operator-pages.ts';
import { PASSWORD, person } from '../support/stack/page-actor.ts';
import { retry } from '../support/stack/settlements.ts';
import {
  captureOf,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  purchaseUnderReview,
  sessionOf,
  settledPayment,
  until,
} from '../support/stack/shop.ts';
import { waitForHeading } from '../support/stack/shopper.ts';
import { purchaseOfUnprocessedEvent } from '../support/stack/unprocessed-events.ts';

/** A purchase whose order could not be made, once that is on the list. */
async function failedPurchase() {
  const purchase = await purchaseWhoseOrderFails(1000);
  await until(
    () => seenByOperator('/api/v1/admin/settlements'),
    ({ body }) => body.settlements.some(({ payment_id }: { payment_id: string }) => payment_id === purchase.paymentId),
    60,
  );
  return purchase;
}

/** An event of PayPal's about an order that the shop does not know; the shop stores it, and leaves it to operators. */
async function strangeEvent(note: string): Promise<string> {
  const eventId = `WH-STRANGE-${Math.random().toString(36).slice(2).toUpperCase()}`;
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

/** Plants a mistake: the session has not heard of the money, and that is no longer in flight. */
async function sessionForgets({ sessionId, paymentId }: Purchase): Promise<void> {
  await change(
    'checkout-sessions',
    { checkout_session_id: sessionId },
    { status: 'payment_pending', payment_status: 'created' },
  );
  await change('payments', { payment_id: paymentId }, { updated_at: new Date(Date.now() - 600_000).toISOString() });
}

/** On a desk and on a phone. */
async function keepsNobodyOut(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  expect(await accessibilityViolations(page)).toEqual([]);

  await page.setViewportSize({ width: 390, height: 844 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect(await accessibilityViolations(page)).toEqual([]);
}

describe('an operator', () => {
  it('sees a failed settlement, retries it, and sees it settle', async ({ page }) => {
    const purchase = await failedPurchase();
    await openAsOperator(page, '/admin/settlements', 'Failed settlements');
    const row = page.getByRole('row').filter({ hasText: purchase.paymentId });
    await row.getByText('failed', { exact: true }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);

    await payPal('PUT', '/_sim/faults', { faults: [] });
    await row.getByRole('button', { name: 'Retry' }).click();
    await confirm(page, 'Retry', 'PayPal is back');
    await page.getByRole('dialog').getByText('once more').waitFor();
    await closeDialog(page);

    await page
      .getByRole('status')
      .filter({ hasText: `of ${purchase.paymentId}` })
      .waitFor();
    await row.waitFor({ state: 'detached' });
    expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('is told what a replay would change before it is done', async ({ page }) => {
    const { eventId, ...purchase } = await purchaseOfUnprocessedEvent();
    await openAsOperator(page, '/admin/events?status=received', 'Webhook events');
    await page.locator(`[href$="/events/${eventId}"]`).first().click();
    await page.getByRole('button', { name: 'Replay' }).click();

    const dialog = page.getByRole('dialog');
    await dialog.getByText(/would go from created to captured/).waitFor();
    expect(await paymentOf(purchase)).toMatchObject({ status: 'created' });
    expect(await accessibilityViolations(page)).toEqual([]);

    await confirm(page, 'Replay', 'PayPal was down');
    await dialog.getByText('It was handled, and changed something').waitFor();
    expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
    await closeDialog(page);
    await page.getByText('accepted', { exact: true }).waitFor();
  });

  it('sees all of a payment, gives a part of the money back, and notes that the order was sent', async ({ page }) => {
    const purchase = await paidPurchase();
    const payment = page.getByRole('region', { name: 'Money' });
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
    await page.getByText('PAYMENT.CAPTURE.COMPLETED').first().waitFor();

    await page.getByRole('button', { name: 'Refund' }).click();
    await page.getByText('A part of it').click();
    await page.getByRole('textbox', { name: 'Amount in EUR' }).fill('5');
    await confirm(page, 'Refund', 'scratched');
    await page.getByRole('dialog').getByText('€5.00 of it has gone back in all').waitFor();
    await closeDialog(page);
    await payment.getByText('partially refunded').waitFor();

    await page.getByRole('button', { name: 'Ship' }).click();
    await confirm(page, 'Ship', 'parcel 1');
    await page.getByRole('dialog').getByText('Noted as shipped').waitFor();
    await closeDialog(page);
    await page.getByRole('region', { name: 'Order' }).getByText('shipped', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Ask PayPal' }).click();
    await page.getByText('PARTIALLY_REFUNDED').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('decides about money that differs from what was asked', async ({ page }) => {
    const purchase = await purchaseUnderReview('19.00');
    await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');

    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('dialog').getByText('€19.00 came where €19.99 was asked.').waitFor();
    await confirm(page, 'Accept', 'agreed by phone');

    await page.getByRole('dialog').getByText('its order is made').waitFor();
    expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
  });

  it('finds a payment by any id that it has', async ({ page }) => {
    const purchase = await paidPurchase();
    const { id: captureId } = await captureOf(purchase);
    await openAsOperator(page, '/admin/audit', 'Audit');

    for (const id of [purchase.sessionId, purchase.paypalOrderId, captureId]) {
      await page.getByRole('link', { name: 'Audit' }).click();
      await page.getByRole('textbox', { name: 'Find by id' }).fill(id);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**/admin/payments/${purchase.paymentId}`);
    }
    await page.getByRole('textbox', { name: 'Find by id' }).fill('NOSUCHID');
    await page.keyboard.press('Enter');
    await page.getByText('No payment has a PayPal order or capture of that id.').waitFor();
  });

  it('sees what is wrong in the books, what would mend it, and mends it', async ({ page }) => {
    const purchase = await paidPurchase();
    await sessionForgets(purchase);
    await openAsOperator(page, '/admin/consistency?invariant=3', 'Findings');
    await page.getByRole('button', { name: 'Check now' }).click();
    await confirm(page, 'Check now', 'are the books right?');
    await page.getByRole('dialog').getByText('looked at').waitFor();
    await closeDialog(page);
    const row = page.getByRole('row').filter({ hasText: purchase.paymentId });

    await row.getByRole('button', { name: 'Repair' }).click();
    await page.getByRole('region', { name: 'What would change' }).getByText(purchase.paymentId).first().waitFor();
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_pending' });
    expect(await accessibilityViolations(page)).toEqual([]);
    await confirm(page, 'Repair', 'the session must know');
    await page.getByRole('dialog').getByText('Done, or under way').waitFor();

    await until(
      () => sessionOf(purchase),
      ({ status }) => status === 'payment_completed',
    );
  });

  it('stays in a dialog with the keyboard, and comes back to where it was opened', async ({ page }) => {
    await openAsOperator(page, `/admin/events/${await strangeEvent('four')}`, 'PAYMENT.CAPTURE.COMPLETED');
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

  it('replays many at once, after being told how many', async ({ page }) => {
    const since = new Date().toISOString();
    await strangeEvent('one');
    await strangeEvent('two');
    await openAsOperator(page, `/admin/events?status=parked&from=${since}`, 'Webhook events');

    await page.getByRole('button', { name: 'Replay all' }).click();
    await page.getByRole('dialog').getByText('2 events would be replayed.').waitFor();
    await confirm(page, 'Replay all', 'to be sure');

    await page.getByRole('dialog').getByText('2 replayed, of which 0 changed something.').waitFor();
  });

  it('looks back as far as the shop remembers', async ({ page }) => {
    await openAsOperator(page, '/admin', 'Overview');

    for (const span of ['7 days', '31 days']) {
      await page.getByText(span, { exact: true }).click();
      await page.getByText(/^Settlements: \d+ done/).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await page.getByRole('alert').allTextContents()).toEqual([]);
    }
  });

  it('sees a list though its address has times that are none', async ({ page }) => {
    await openAsOperator(page, '/admin/events?status=nonsense&from=nonsense&to=2026-99-99', 'Webhook events');

    expect(await page.getByRole('alert').allTextContents()).toEqual([]);
  });

  it('says why, or nothing is done', async ({ page }) => {
    const eventId = await strangeEvent('three');
    await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');

    await page.getByRole('button', { name: 'Replay' }).click();
    await confirm(page, 'Replay', '  ');

    await page.getByText('Say why, so that others can follow it later.').waitFor();
    const { body } = await seenByOperator(`/api/v1/admin/audit?target=${eventId}`);
    expect(body.entries).toEqual([]);
  });

  it('is shown what an event says as text, whatever it says', async ({ page }) => {
    const script =
      '<script>document.title = "taken over"</script><img src="x" onerror="document.title = \'taken over\'">';
    const eventId = await strangeEvent(script);

    await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');
    await page.getByText('<script>document.title').waitFor();
    await page.getByText('as it came').click();

    await page.getByText(JSON.stringify(script).slice(1, -1)).waitFor();
    expect(await page.title()).toBe('PAYMENT.CAPTURE.COMPLETED · Operators');
    expect(await page.locator('pre script, pre img').count()).toBe(0);
  });
});

const PAGES = [
  ['/admin', 'Overview'],
  ['/admin/consistency', 'Findings'],
  ['/admin/health', 'Health'],
  ['/admin/events', 'Webhook events'],
  ['/admin/settlements', 'Failed settlements'],
  ['/admin/audit', 'Audit'],
  ['/admin/no/such/page', 'There is no such page'],
] as const;

it.for(PAGES)('the operators’ page %s keeps nobody out, and fits on a phone', async ([path, heading], { page }) => {
  await strangeEvent('five');
  await openAsOperator(page, path, heading);

  await keepsNobodyOut(page);

  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Webhook events' }).waitFor();
  expect(await accessibilityViolations(page)).toEqual([]);
});

it('the page of a payment keeps nobody out, and fits on a phone', async ({ page }) => {
  const purchase = await failedPurchase();
  await openAsOperator(page, `/admin/payments/${purchase.paymentId}`, 'Payment');
  await page.getByRole('heading', { name: 'Settlement “captured” failed' }).waitFor();

  await keepsNobodyOut(page);

  // Nothing stays broken for whoever comes after.
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await retry(purchase);
  await settledPayment(purchase, 'captured');
});

it('the page of an event keeps nobody out, and fits on a phone', async ({ page }) => {
  const eventId = await strangeEvent('a word that is longer than a phone is wide: '.concat('so'.repeat(100)));
  await openAsOperator(page, `/admin/events/${eventId}`, 'PAYMENT.CAPTURE.COMPLETED');

  await keepsNobodyOut(page);
});

describe('whoever is not signed in', () => {
  it.for([
    '/admin',
    '/admin/events',
    '/admin/settlements',
    '/admin/payments/pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC',
    '/admin/audit',
  ])('is shown nothing at %s but how to sign in', async (path, { page }) => {
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));

    await page.goto(path, { waitUntil: 'networkidle' });

    await waitForHeading(page, 'Sign in');
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(asked.filter((url) => url.startsWith('/api/'))).toEqual([]);
  });

  it('is told of wrong credentials, and no more', async ({ page }) => {
    await page.goto('/admin');

    await signInAs(page, { ...inject('stack').operator, password: 'wrong' });

    await page.getByText('Username or password is wrong').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});

describe('who signs in', () => {
  it('comes to the page that the address names', async ({ page }) => {
    await openAsOperator(page, '/admin/audit?who=nobody', 'Audit');

    await page.getByText('Nothing was done').waitFor();
    expect(page.url()).toMatch(/\/admin\/audit\?who=nobody$/);
  });

  it('is told of a sign-in that has ended, and goes on where it was after the next', async ({ page }) => {
    await openAsOperator(page, '/admin/audit?who=nobody', 'Audit');
    // As if the token had been revoked meanwhile.
    await page.evaluate(`
      const kept = JSON.parse(sessionStorage.getItem('settle-once.operator'));
      sessionStorage.setItem('settle-once.operator', JSON.stringify({ ...kept, tokens: { ...kept.tokens, access_token: 'revoked' } }));
    `);

    await page.reload();
    await page.getByText('Your sign-in has ended.').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    await signInAs(page);

    await waitForHeading(page, 'Audit');
    expect(page.url()).toMatch(/\/admin\/audit\?who=nobody$/);
  });

  it('is told which group is missing, if it is no operator', async ({ page }) => {
    const username = await person(inject('stack').operator.user_pool_id);
    await page.goto('/admin/settlements');

    await signInAs(page, { username, password: PASSWORD });

    await page.getByText('Your account is not in the group “operators”').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('leaves nothing behind after signing out', async ({ page }) => {
    await openAsOperator(page, '/admin/audit', 'Audit');

    await page.getByRole('button', { name: 'Sign out' }).click();

    await waitForHeading(page, 'Sign in');
    expect(await page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}');
  });
});
