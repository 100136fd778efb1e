import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { captureOf, type Purchase, shop } from './shop.ts';

/*
 * What a shopper does in a browser: reads, and clicks.
 */

/** Puts a product into the basket. */
export async function addToBasket(page: Page, sku: string): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: `Put into basket: Product ${sku}` }).click();
}

/** Checks out what is in the basket, and goes to PayPal. */
export async function goToPayPal(page: Page): Promise<Purchase & { readonly sku: '' }> {
  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Pay with PayPal' }).click();
  await page.waitForURL(`${inject('stack').simulator_url}/checkoutnow?**`);
  const paypalOrderId = new URL(page.url()).searchParams.get('token') ?? '';
  const { body } = await shop('GET', `/api/v1/payments?token=${paypalOrderId}`);
  return { sku: '', sessionId: body.checkout_session_id, paymentId: body.payment_id, paypalOrderId };
}

/** A purchase of one piece, up to PayPal's page. */
export async function buy(page: Page, sku: string): Promise<Purchase> {
  await addToBasket(page, sku);
  return { ...(await goToPayPal(page)), sku };
}

/** What a shopper may click at PayPal. */
type Choice = 'Pay now' | 'Pay by e-check (takes days)' | 'Have the card declined' | 'Cancel and return to shop';

/** Clicks at PayPal, which leads back to the shop. */
export const choose = (page: Page, choice: Choice) => page.getByRole('button', { name: choice }).click();

/** Waits until a page says this in its heading. */
export const waitForHeading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();

/** The id of what PayPal captured for a purchase. */
export const captureIdOf = async (purchase: Purchase): Promise<string> => (await captureOf(purchase)).id;
