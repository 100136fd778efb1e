import { describe, expect } from 'vitest';
import { everythingIn, stockedProduct } from '../support/stack/aws.ts';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { stockOf } from '../support/stack/invariants.ts';
import {
  approve,
  beginPurchase,
  cancel,
  captureAtPayPal,
  captureOf,
  type Purchase,
  paidPurchase,
  paymentOf,
  payPal,
  settledPayment,
  until,
} from '../support/stack/shop.ts';
import { addToBasket, buy, captureIdOf, choose, goToPayPal, waitForHeading } from '../support/stack/shopper.ts';

const THANKS = 'Thank you for your order';
const PROCESSING = 'Processing payment…';

/** PayPal tells nobody of the approval, and gives the return page no answer: as when webhooks are late and PayPal is slow. */
async function payPalIsSlow({ paypalOrderId }: Purchase): Promise<void> {
  await payPal('PUT', '/_sim/delivery', { hold: true });
  const path = `/v2/checkout/orders/${paypalOrderId}/capture`;
  await payPal('PUT', '/_sim/faults', { faults: [{ method: 'POST', path, status: 503, times: 3 }] });
}

async function payPalIsWellAgain(): Promise<void> {
  await payPal('PUT', '/_sim/faults', { faults: [] });
  await payPal('PUT', '/_sim/delivery', { hold: false });
  await payPal('POST', '/_sim/delivery/flush');
}

/** The warehouse's orders for a purchase; a void one only keeps a second from being made. */
const ordersOf = async ({ paymentId }: Purchase) =>
  (await everythingIn('orders')).filter(
    (item) => item.payment_id === paymentId && item.part === 'order' && item.status !== 'void',
  );

describe('a shopper', () => {
  it('buys by clicking, and sees the order', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
    const { order } = await settledPayment(purchase, 'captured');
    await page.getByText(order.order_id).waitFor();
    await page.getByRole('cell', { name: `Product ${purchase.sku}` }).waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('has an empty basket afterwards, and finds the order again by the same address', async ({ page }) => {
    await buy(page, await stockedProduct(10));
    await choose(page, 'Pay now');
    await waitForHeading(page, THANKS);

    await page.reload();
    await waitForHeading(page, THANKS);
    await page.goto('/');

    await page.getByText('Nothing in it yet').waitFor();
  });

  it('keeps the basket over a reload, and in another tab', async ({ page, context }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await page
      .getByRole('button', { name: `One more Product ${sku}` })
      .first()
      .click();

    await page.reload();
    await page.getByRole('link', { name: 'Basket 2' }).waitFor();
    const tab = await context.newPage();
    await tab.goto('/');
    await tab
      .getByRole('button', { name: `One Product ${sku} less` })
      .first()
      .click();

    await page.getByRole('link', { name: 'Basket 1' }).waitFor();
  });

  it('sees for how long the items are reserved, and reserves once however often', async ({ page }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await page.getByRole('button', { name: 'Check out' }).click();

    expect(await page.getByRole('timer').textContent()).toMatch(/^(30:00|29:\d\d)$/);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'Back to the basket' }).click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    expect(await stockOf(sku)).toEqual({ available: 9, reserved: 1, sold: 0 });
  });

  it('cancels at PayPal, hears that nothing was charged, and still has the basket', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Cancel and return to shop');

    await waitForHeading(page, 'Payment cancelled');
    await page.getByText('Nothing was charged').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await settledPayment(purchase, 'cancelled');
    expect(await captureOf(purchase)).toBeUndefined();
    expect(await stockOf(purchase.sku)).toEqual({ available: 10, reserved: 0, sold: 0 });

    await page.goto('/');
    const again = await goToPayPal(page);
    expect(again.paymentId).not.toBe(purchase.paymentId);
  });

  it('turns back too late: the money has come, and the page says so and leads to the order', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await approve(purchase.paypalOrderId);
    await settledPayment(purchase, 'captured');

    await page.goto(`/checkout/failure?checkout_session_id=${purchase.sessionId}&token=${purchase.paypalOrderId}`);

    await waitForHeading(page, 'This payment has gone through');
    expect(await page.getByText('othing was charged').count()).toBe(0);
    await page.getByRole('link', { name: 'To your order' }).click();
    await waitForHeading(page, THANKS);
  });

  it('waits while the webhook is late, and then sees the order', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await payPalIsSlow(purchase);

    await choose(page, 'Pay now');

    await waitForHeading(page, PROCESSING);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await paymentOf(purchase)).toMatchObject({ order: null, settled: false });
    await payPalIsWellAgain();
    await waitForHeading(page, THANKS);
  });

  it('reads after thirty seconds that it goes on without the page, and sees the order all the same', async ({
    page,
  }) => {
    await page.clock.install();
    const purchase = await buy(page, await stockedProduct(10));
    await payPalIsSlow(purchase);
    await choose(page, 'Pay now');
    await waitForHeading(page, PROCESSING);

    await page.clock.fastForward(31_000);

    await waitForHeading(page, 'We have your payment under way');
    await page.getByText('You can close it').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await payPalIsWellAgain();
    await settledPayment(purchase, 'captured');
    await page.clock.fastForward(10_000);
    await waitForHeading(page, THANKS);
  });

  it('finds the purchase by either name in the address', async ({ page }) => {
    const purchase = await paidPurchase();

    for (const name of [`checkout_session_id=${purchase.sessionId}`, `token=${purchase.paypalOrderId}`]) {
      await page.goto(`/checkout/success?${name}`);
      await waitForHeading(page, THANKS);
    }
  });

  it('gets one order though PayPal tells everything three times, in two tabs', async ({ page, context }) => {
    await payPal('PUT', '/_sim/delivery', { copies: 3, shuffle: true });
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');
    const tab = await context.newPage();
    await tab.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);

    await waitForHeading(page, THANKS);
    await waitForHeading(tab, THANKS);
    await settledPayment(purchase, 'captured');
    expect(await ordersOf(purchase)).toHaveLength(1);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
  });

  it('pays by e-check: reads that it takes days, and sees the order once the bank has paid', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Pay by e-check (takes days)');

    await waitForHeading(page, 'Your bank is still sending the money');
    expect(await accessibilityViolations(page)).toEqual([]);
    await payPal('POST', `/_sim/captures/${await captureIdOf(purchase)}/complete`);
    await waitForHeading(page, THANKS);
  });

  it('is led back to PayPal when a card is declined, and pays with another', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await choose(page, 'Have the card declined');

    await waitForHeading(page, 'PayPal did not accept this card or account');
    expect(await accessibilityViolations(page)).toEqual([]);
    await until(
      () => paymentOf(purchase),
      ({ status }) => status === 'created',
    );
    await page.getByRole('link', { name: 'Back to PayPal' }).click();
    await choose(page, 'Pay now');
    await waitForHeading(page, THANKS);
    expect(await ordersOf(purchase)).toHaveLength(1);
  });

  it('reads that late money goes back, when the last piece was sold meanwhile', async ({ page }) => {
    const sku = await stockedProduct(1);
    const late = await buy(page, sku);
    await cancel(late);
    await paidPurchase({ sku });
    await captureAtPayPal(late);

    await page.goto(`/checkout/success?checkout_session_id=${late.sessionId}&token=${late.paypalOrderId}`);

    await waitForHeading(page, 'Your money is on its way back');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect((await captureOf(late)).status).toBe('REFUNDED');
    expect(await ordersOf(late)).toEqual([]);
  });

  it('closes the window at PayPal after paying: the order comes all the same', async ({ page, context }) => {
    const purchase = await buy(page, await stockedProduct(10));
    // The way back never reaches the shop: the window is gone.
    await page.route('**/checkout/success**', (route) => route.abort());

    // A click does not wait for what it sends: closed too soon, PayPal would not know of it.
    const paid = page.waitForResponse((response) => response.request().method() === 'POST');
    await choose(page, 'Pay now').catch(() => {});
    await paid;
    await page.close();

    expect((await settledPayment(purchase, 'captured')).order).not.toBeNull();
    const later = await context.newPage();
    await later.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);
    await waitForHeading(later, THANKS);
  });

  it('checks out what is paid already, the window at PayPal closed: is told so, and reserves nothing more', async ({
    page,
  }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await approve(purchase.paypalOrderId);
    await settledPayment(purchase, 'captured');

    await page.goto('/');
    await page.getByRole('button', { name: 'Check out' }).click();

    await waitForHeading(page, 'This checkout is complete');
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await page.getByText('Basket 0').waitFor();
  });

  it('is not sent to PayPal again while the bank sends the money', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));
    await choose(page, 'Pay by e-check (takes days)');
    await waitForHeading(page, 'Your bank is still sending the money');

    await page.goto(`/checkout?checkout_session_id=${purchase.sessionId}`);
    await page.getByRole('button', { name: 'Go on at PayPal' }).click();

    await waitForHeading(page, 'Your bank is still sending the money');
    await payPal('POST', `/_sim/captures/${await captureIdOf(purchase)}/complete`);
    await waitForHeading(page, THANKS);
  });

  it('comes back from PayPal by the browser’s button, and can go on', async ({ page }) => {
    const purchase = await buy(page, await stockedProduct(10));

    await page.goBack();
    await page.getByText('Your items stay reserved until you have paid or cancelled').waitFor();
    await page.getByRole('button', { name: 'Go on at PayPal' }).click();
    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
    expect(await stockOf(purchase.sku)).toEqual({ available: 9, reserved: 0, sold: 1 });
    await page.goBack();
    await page.goForward();
    await waitForHeading(page, THANKS);
  });

  it('opens the summary of a purchase that is paid: is led to the order, and cannot pay twice', async ({ page }) => {
    const purchase = await paidPurchase();

    await page.goto(`/checkout?checkout_session_id=${purchase.sessionId}`);

    await waitForHeading(page, 'This checkout is complete');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await page.getByRole('button', { name: 'PayPal' }).count()).toBe(0);
    await page.getByRole('link', { name: 'To your order' }).click();
    await waitForHeading(page, THANKS);
  });

  it('is told what is left when somebody was quicker, and takes that', async ({ page }) => {
    const sku = await stockedProduct(2);
    await addToBasket(page, sku);
    await page
      .getByRole('button', { name: `One more Product ${sku}` })
      .first()
      .click();
    const other = await beginPurchase({ sku });

    await page.getByRole('button', { name: 'Check out' }).click();

    await page.getByText(`Product ${sku}: you wanted 2, 1 left`).waitFor();
    // React moves the focus after it has painted.
    await page.locator('[role=alert]:focus').waitFor();
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Take what is left' }).click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    expect(await stockOf(sku)).toEqual({ available: 0, reserved: 2, sold: 0 });
    await cancel(other);
  });

  it('is told that one checkout takes one currency', async ({ page }) => {
    await addToBasket(page, await stockedProduct(10));
    const dollars = await stockedProduct(10, 1000, 'USD');
    await addToBasket(page, dollars);

    await page.getByText('in more than one currency').waitFor();
    expect(await page.getByRole('button', { name: 'Check out' }).isDisabled()).toBe(true);
    expect(await accessibilityViolations(page)).toEqual([]);
    await page
      .getByRole('button', { name: `One Product ${dollars} less` })
      .first()
      .click();
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
  });

  it('sees what is sold out, and cannot take it', async ({ page }) => {
    const sku = await stockedProduct(1);
    const purchase = await beginPurchase({ sku });
    await page.goto('/');

    const button = page.getByRole('button', { name: `Sold out: Product ${sku}` });
    await button.waitFor();
    expect(await button.isDisabled()).toBe(true);
    await cancel(purchase);
  });

  it('is told when there is no network, and nothing is done of itself once there is', async ({ page, context }) => {
    const sku = await stockedProduct(10);
    await addToBasket(page, sku);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Check out' }).click();

    await page.getByRole('alert').getByText('That did not work').waitFor();
    await context.setOffline(false);
    await page.getByRole('link', { name: 'Things for a desk' }).click();
    await page.getByRole('button', { name: 'Check out' }).waitFor();
    expect(await stockOf(sku)).toEqual({ available: 10, reserved: 0, sold: 0 });
  });

  it('is told at once that checking out or paying did not work, whatever else is not answered', async ({ page }) => {
    const trouble = page.getByRole('alert').getByText('That did not work');
    await addToBasket(page, await stockedProduct(10));
    await page.route('**/api/v1/products', () => {});
    await page.route('**/api/v1/checkout-sessions', (route) => route.abort());
    await page.getByRole('button', { name: 'Check out' }).click();
    await trouble.waitFor();

    await page.unroute('**/api/v1/checkout-sessions');
    await page.getByRole('button', { name: 'Check out' }).click();
    await page.getByRole('timer').waitFor();
    await page.route('**/api/v1/checkout-sessions/*', () => {});
    await page.route('**/api/v1/payments', (route) => route.abort());
    await page.getByRole('button', { name: 'Pay with PayPal' }).click();
    await trouble.waitFor();
  });

  it('buys though the browser has no room for the basket', async ({ page }) => {
    await page.addInitScript(
      `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
    );
    await buy(page, await stockedProduct(10));

    await choose(page, 'Pay now');

    await waitForHeading(page, THANKS);
  });

  it('buys with the keyboard alone', async ({ page }) => {
    const sku = await stockedProduct(10);
    await page.goto('/');
    await page.getByRole('button', { name: `Put into basket: Product ${sku}` }).focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: `One more Product ${sku}` })
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

  it('keeps the keyboard’s place when a click takes the button away', async ({ page }) => {
    const name = `Product ${await stockedProduct(10)}`;
    const focusIsOn = (label: string) =>
      page.waitForFunction(
        `(document.activeElement?.ariaLabel ?? document.activeElement?.textContent) === ${JSON.stringify(label)}`,
      );
    await page.goto('/');

    await page.getByRole('button', { name: `Put into basket: ${name}` }).press('Enter');
    await focusIsOn(`One more ${name}`);
    await page
      .getByRole('button', { name: `One ${name} less` })
      .first()
      .press('Enter');
    await focusIsOn(`Put into basket: ${name}`);

    await page.keyboard.press('Enter');
    const inBasket = page
      .getByRole('region', { name: 'Your basket' })
      .getByRole('button', { name: `One ${name} less` });
    await inBasket.press('Enter');
    await focusIsOn('Your basket');
  });

  it.for([320, 360, 390])('reads all of every button on a phone that is %i pixels wide', async (width, { page }) => {
    await page.setViewportSize({ width, height: 700 });
    await addToBasket(page, await stockedProduct(10));

    const cutOff = await page.evaluate<string[]>(
      `[...document.querySelectorAll('button span')].filter((part) => part.scrollWidth > part.clientWidth).map((part) => part.textContent)`,
    );

    expect(cutOff).toEqual([]);
  });

  it('reads nothing but the truth of a purchase that PayPal has forgotten', async ({ page }) => {
    const purchase = await beginPurchase();
    await payPal('POST', `/_sim/orders/${purchase.paypalOrderId}/expire`);

    await page.goto(`/checkout/success?checkout_session_id=${purchase.sessionId}`);

    await waitForHeading(page, 'The time for this payment is over');
    expect(await accessibilityViolations(page)).toEqual([]);
  });
});
