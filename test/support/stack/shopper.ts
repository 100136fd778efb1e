import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { captureOf, type Purchase, shop } from './shop.ts';

/*
 * The shopper's actions in the browser.
 */

export async function addToBasket(page: Page, sku: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: `Add to basket: Product ${sku}` }).click();
}

/** Checks out the basket and continues to PayPal. */
export async function goToPayPal(page: Page): Promise<Purchase & { readonly sku: '' }> {
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Pay with PayPal' }).click();
  await page.waitForURL(`${inject('stack').simulator_url}/checkoutnow?**`);
  const paypalOrderId = new URL(page.url()).searchParams.get('token') ?? '';
  const { body } = await shop('GET', `/api/v1/payments?token=${paypalOrderId}`);
  return { sku: '', sessionId: body.checkout_session_id, paymentId: body.payment_id, paypalOrderId };
}

/** Buys one unit, up to PayPal's page. */
export async function buy(page: Page, sku: string): Promise<Purchase> {
  await addToBasket(page, sku);
  return { ...(await goToPayPal(page)), sku };
}

/** The buttons of the simulator's approval page. */
type Choice = 'Pay now' | 'Pay by e-check (takes days)' | 'Pay with a declined card' | 'Cancel and return to shop';

/** Clicks a button at PayPal, which redirects to the shop. */
export const choose = (page: Page, choice: Choice) => page.getByRole('button', { name: choice }).click();

export const waitForHeading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** The PayPal capture id of a purchase. */
export const captureIdOf = async (purchase: Purchase): Promise<string> => (await captureOf(purchase)).id;
