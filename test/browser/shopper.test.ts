import { describe, expect } from 'vitest';
import { HOLD_MINUTES } from '../../src/checkout/hold-minutes.ts';
import { callFunction, change, everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  cancel,
  captureAtPayPal,
  captureOf,
  completedPayment,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  until,
} from '../support/stack/shop.ts';
import { addToBasket, buy, captureIdOf, choose, goToPayPal, waitForHeading } from '../support/stack/shopper.ts';

const THANKS = 'Thank you for your order';
const PROCESSING = 'Processing payment…';

/** Holds back webhooks and fails captures, as when PayPal is slow. */
async function slowDownPayPal({ paypalOrderId }: Purchase): Promise<void> {
  await payPal('PUT', '/_sim/delivery', { hold: true });
  const path = `/v2/checkout/orders/${paypalOrderId}/capture`;
  await payPal('PUT', '/_sim/faults', { faults: [{ method: 'POST', path, status: 503, times: 3 }] });
}

async function restorePayPal(): Promise<void> {
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await payPal('PUT', '/_sim/delivery', { hold: false });
  await payPal('POST', '/_sim/delivery/flush');
}

/** A purchase's orders for the warehouse; a void one only blocks late creation. */
const ordersOf = async ({ paymentId }: Purchase) =>
  (await everythingIn('orders')).filter(
    (item) => item.payment_id === paymentId && item.part === 'order' && item.status !== 'void',
  );

describe('the storefront', () => {
  it('sells a product and shows the order', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
    const { order } = await completedPayment(purchase, 'captured');
    await page.getByText(order.order_id).waitFor();
    await page.getByRole('cell', { name: `Product ${purchase.sku}` }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('empties the basket after the order and shows the order at the same URL', async ({ page }) => {
    await buy(page, await stockedProduct(10));
    await choose(page, 'Pay now');
    await waitForHeading(page, THANKS);

    await page.reload();
    await waitForHeading(page, THANKS);
    await page.goto('/');

    await page.getByText('Your basket is empty').waitFor();
  });

  it('keeps the basket across a reload and in another tab', async ({ page, context }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await page
      .getByRole('button', { name: `Add one Product ${sku}` })
      .first()
      .click();

    await page.reload();
    await page.getByRole('link', { name: 'Basket 2' }).waitFor();
    const tab = await context.newPage();
    await tab.goto('/');
    await tab
      .getByRole('button', { name: `Remove one Product ${sku}` })
      .first()
      .click();

    await page.getByRole('link', { name: 'Basket 1' }).waitFor();
  });

  it('shows the remaining reservation time and reserves once for repeated checkouts', async ({ page }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await page.getByRole('button', { name: 'Check out' }).click();

    expect(await page.getByRole('timer').textContent()).toMatch(
      new RegExp(`^(${HOLD_MINUTES}:00|${HOLD_MINUTES - 1}:\\d\\d)$`),
    );
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to basket' }).click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    expect(await stockOf(sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
  });

  it('reports that the buyer was not charged after a cancellation, and keeps the basket', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Cancel and return to shop');

    await waitForHeading(page, 'Payment cancelled');
    await page.getByText('You haven’t been charged').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await completedPayment(purchase, 'cancelled');
    expect(await captureOf(purchase)).toBeUndefined();
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });

    await page.goto('/');
    const again = await goToPayPal(page);
    expect(again.paymentId).not.toBe(purchase.paymentId);
  });

  it('links to the order when the payment is captured before the cancellation', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await approve(purchase.paypalOrderId);
    await completedPayment(purchase, 'captured');

    await page.goto(`/checkout/failure?checkout_session_id=${purchase.sessionId}&token=${purchase.paypalOrderId}`);

    await waitForHeading(page, 'This payment went through');
    expect(await page.getByText('haven’t been charged').count()).toBe(0);
    await page.getByRole('link', { name: 'View order' }).click();
    await waitForHeading(page, THANKS);
  });

  it('waits for a late webhook, then shows the order', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await slowDownPayPal(purchase);

    await choose(page, 'Pay now');

    await waitForHeading(page, PROCESSING);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await paymentOf(purchase)).toMatchObject({ order: null, settled: false });
    await restorePayPal();
    await waitForHeading(page, THANKS);
  });

  it('offers to close the page after 30 s, and shows the order once it exists', async ({ page }) => {
    await page.clock.install();
    const purchase = await buy(page, await stockedProduct(10));
    await slowDownPayPal(purchase);
    await choose(page, 'Pay now');
    await waitForHeading(page, PROCESSING);

    await page.clock.fastForward(31_000);

    await waitForHeading(page, 'We’re still processing your payment');
    await page.getByText('You can close this page').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await restorePayPal();
    await completedPayment(purchase, 'captured');
    await page.clock.fastForward(10_000);
    await waitForHeading(page, THANKS);
  });

  it('finds the payment by either URL parameter', async ({ page }) => {
    const purchase = await paidPurchase();

    for (const parameter of [`checkout_session_id=${purchase.sessionId}`, `token=${purchase.paypalOrderId}`]) {
      await page.goto(`/checkout/success?${parameter}`);
      await waitForHeading(page, THANKS);
    }
  });

  it('creates one order for tripled deliveries and two tabs', async ({ page, context }) => {
    await payPal('PUT', '/_sim/delivery', { copies: 3, shuffle: true });
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');
    const tab = await context.newPage();
    await tab.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);

    await waitForHeading(page, THANKS);
    await waitForHeading(tab, THANKS);
    await completedPayment(purchase, 'captured');
    expect(await ordersOf(purchase)).toHaveLength(1);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('reports a pending e-check, and shows the order once it clears', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay by e-check (takes days)');

    await waitForHeading(page, 'Your payment is pending');
    expect(await accessibilityViolations(page)).toEqual([]);
    await payPal('POST', `/_sim/captures/${await captureIdOf(purchase)}/complete`);
    await waitForHeading(page, THANKS);
  });

  it('links back to PayPal when a card is declined', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay with a declined card');

    await waitForHeading(page, 'PayPal declined your card or account');
    expect(await accessibilityViolations(page)).toEqual([]);
    await until(
      () => paymentOf(purchase),
      ({ status }) => status === 'created',
    );
    await page.getByRole('link', { name: 'Continue to PayPal' }).click();
    await choose(page, 'Pay now');
    await waitForHeading(page, THANKS);
    expect(await ordersOf(purchase)).toHaveLength(1);
  });

  it('reports the refund of a late payment when the stock is gone', async ({ page }) => {
    const sku = await stockedProduct(1);
    const late = await buy(page, sku);
    await cancel(late);
    await paidPurchase({ sku });
    await captureAtPayPal(late);

    await page.goto(`/checkout/success?checkout_session_id=${late.sessionId}&token=${late.paypalOrderId}`);

    await waitForHeading(page, 'Your refund is on its way');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect((await captureOf(late)).status).toBe('REFUNDED');
    expect(await ordersOf(late)).toEqual([]);
  });

  it('creates the order when the window is closed at PayPal after paying', async ({ page, context }) => {
    const purchase = await buy(page, await stockedProduct(10));
    // The redirect never reaches the shop.
    await page.route('**/checkout/success**', (route) => route.abort());

    // A click resolves before its request is sent; the page must not close before.
    const paid = page.waitForResponse((response) => response.request().method() === 'POST');
    await choose(page, 'Pay now').catch(() => {});
    await paid;
    await page.close();

    expect((await completedPayment(purchase, 'captured')).order).not.toBeNull();
    const later = await context.newPage();
    await later.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);
    await waitForHeading(later, THANKS);
  });

  it('reports a paid session at checkout, and reserves nothing again', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await approve(purchase.paypalOrderId);
    await completedPayment(purchase, 'captured');

    await page.goto('/');
    await page.getByRole('button', { name: 'Check out' }).click();

    await waitForHeading(page, 'This checkout is complete');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await page.getByText('Basket 0').waitFor();
  });

  it('does not redirect to PayPal again while the payment is pending', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await choose(page, 'Pay by e-check (takes days)');
    await waitForHeading(page, 'Your payment is pending');

    await page.goto(`/checkout?checkout_session_id=${purchase.sessionId}`);
    await page.getByRole('button', { name: 'Continue to PayPal' }).click();

    await waitForHeading(page, 'Your payment is pending');
    await payPal('POST', `/_sim/captures/${await captureIdOf(purchase)}/complete`);
    await waitForHeading(page, THANKS);
  });

  it('continues after the back button at PayPal', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await page.goBack();
    await page.getByText('Your items stay reserved until you pay or cancel').waitFor();
    await page.getByRole('button', { name: 'Continue to PayPal' }).click();
    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await page.goBack();
    await page.goForward();
    await waitForHeading(page, THANKS);
  });

  it('links a paid session to its order, without an option to pay again', async ({ page }) => {
    const purchase = await paidPurchase();

    await page.goto(`/checkout?checkout_session_id=${purchase.sessionId}`);

    await waitForHeading(page, 'This checkout is complete');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await page.getByRole('button', { name: 'PayPal' }).count()).toBe(0);
    await page.getByRole('link', { name: 'View order' }).click();
    await waitForHeading(page, THANKS);
  });

  it('offers the available quantity when stock is insufficient', async ({ page }) => {
    const sku = await stockedProduct(2);
    await addToBasket(page, sku);
    await page
      .getByRole('button', { name: `Add one Product ${sku}` })
      .first()
      .click();
    const other = await beginPurchase({ sku });

    await page.getByRole('button', { name: 'Check out' }).click();

    await page.getByText(`Product ${sku}: only 1 left, and you chose 2.`).waitFor();
    // React moves the focus after it has painted.
    await page.locator('[role=alert]:focus').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Update basket' }).click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 2, sold: 0 });
    await cancel(other);
  });

  it('offers at most the limit per order', async ({ page }) => {
    const sku = await stockedProduct(20);
    await change('products', { sku }, { max_per_order: 2 });
    await addToBasket(page, sku);
    const addOne = page.getByRole('button', { name: `Add one Product ${sku}` }).first();
    await addOne.click();
    expect(await addOne.isDisabled()).toBe(true);

    // Lowered while the items are in the basket.
    await change('products', { sku }, { max_per_order: 1 });
    await page.reload();
    await page.getByText('At most 1 per order.').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: `Change to 1: Product ${sku}` }).click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    expect(await stockOf(sku)).toEqual({ available: 19, reserved: 1, sold: 0 });
  });

  it('allows one currency per checkout', async ({ page }) => {
    await addToBasket(page, await stockedProduct(10));
    const dollars = await stockedProduct(10, 1000, 'USD');
    await addToBasket(page, dollars);

    await page.getByText('in more than one currency').waitFor();
    expect(await page.getByRole('button', { name: 'Check out' }).isDisabled()).toBe(true);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page
      .getByRole('button', { name: `Remove one Product ${dollars}` })
      .first()
      .click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
  });

  it('disables a sold-out product', async ({ page }) => {
    const sku = await stockedProduct(1);
    const purchase = await beginPurchase({ sku });
    await page.goto('/');

    const button = page.getByRole('button', { name: `Sold out: Product ${sku}` });
    await button.waitFor();
    expect(await button.isDisabled()).toBe(true);
    await cancel(purchase);
  });

  it('reports a network failure, and retries nothing automatically', async ({ page, context }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Check out' }).click();

    await page.getByRole('alert').getByText('We couldn’t start your checkout').waitFor();
    await context.setOffline(false);
    await page.getByRole('link', { name: 'Desk Goods' }).click();
    await page.getByRole('button', { name: 'Check out' }).waitFor();
    expect(await stockOf(sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('reports a failed checkout or payment at once, even when other requests hang', async ({ page }) => {
    await addToBasket(page, await stockedProduct(10));
    await page.route('**/api/v1/products', () => {});
    await page.route('**/api/v1/checkout-sessions', (route) => route.abort());
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('alert').getByText('We couldn’t start your checkout').waitFor();

    await page.unroute('**/api/v1/checkout-sessions');
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    await page.route('**/api/v1/checkout-sessions/*', () => {});
    await page.route('**/api/v1/payments', (route) => route.abort());
    await page.getByRole('button', { name: 'Pay with PayPal' }).click();
    await page.getByRole('alert').getByText('We couldn’t start your payment').waitFor();
  });

  it('sells when localStorage is full', async ({ page }) => {
    await page.addInitScript(
      `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
    );
    await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
  });

  it('is usable with the keyboard alone', async ({ page }) => {
    const sku = await stockedProduct(10);
    await page.goto('/');
    await page.getByRole('button', { name: `Add to basket: Product ${sku}` }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: `Add one Product ${sku}` })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Check out' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pay with PayPal' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Pay now' }).focus();
    await page.keyboard.press('Enter');

    await waitForHeading(page, THANKS);
  });

  it('restores keyboard focus when a click removes the button', async ({ page }) => {
    const name = `Product ${await stockedProduct(10)}`;
    const focusIsOn = (label: string) =>
      page.waitForFunction(
        `(document.activeElement?.ariaLabel ?? document.activeElement?.textContent) === ${JSON.stringify(label)}`,
      );
    await page.goto('/');

    await page.getByRole('button', { name: `Add to basket: ${name}` }).press('Enter');
    await focusIsOn(`Add one ${name}`);
    await page
      .getByRole('button', { name: `Remove one ${name}` })
      .first()
      .press('Enter');
    await focusIsOn(`Add to basket: ${name}`);

    await page.keyboard.press('Enter');
    const inBasket = page
      .getByRole('region', { name: 'Your basket' })
      .getByRole('button', { name: `Remove one ${name}` });
    await inBasket.press('Enter');
    await focusIsOn('Your basket');
  });

  it.for([320, 360, 390])('shows full button labels on a phone of %i px', async (width, { page }) => {
    await page.setViewportSize({ width, height: 700 });
    await addToBasket(page, await stockedProduct(10));

    const truncated = await page.evaluate<string[]>(`
      [...document.querySelectorAll('button span')]
        .filter((label) => label.scrollWidth > label.clientWidth)
        .map((label) => label.textContent)
    `);

    expect(truncated).toEqual([]);
  });

  it('reports an expired payment only when PayPal may have deleted its order', async ({ page }) => {
    const purchase = await beginPurchase();
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/expire`);

    await page.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);
    await waitForHeading(page, PROCESSING);
    const due_before = new Date(Date.now() + 7 * 3_600_000).toISOString();
    await callFunction('reconciliation', { job: 'payments', due_before });

    await waitForHeading(page, 'This payment has expired');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
