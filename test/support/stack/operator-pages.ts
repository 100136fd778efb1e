import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { waitForHeading } from './shopper.ts';

/*
 * The operator's actions in the browser.
 */

/** Submits the sign-in form. */
export async function signInAs(
  page: Page,
  { username, password }: { username: string; password: string } = inject('stack').operator,
): Promise<void> {
  await page.getByRole('textbox', { name: 'Username' }).fill(username);
  await page.locator('input[type=password]').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens a page and signs in as the stack's operator. */
export async function openAsOperator(page: Page, path: `/admin${string}`, heading: string): Promise<void> {
  await page.goto(path);
  await signInAs(page);
  await waitForHeading(page, heading);
}

/** Types into the field that the page focuses, once it has: a dialog takes the focus after it is drawn. */
export async function typeIntoFocused(page: Page, text: string): Promise<void> {
  await page.locator('input:focus').waitFor();
  await page.keyboard.type(text);
}

/** Enters the reason in the open dialog and confirms it. */
export async function confirm(page: Page, action: string, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: action, exact: true }).click();
}

/** Closes the dialog that shows a result. */
export async function closeDialog(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await dialog.waitFor({ state: 'detached' });
}
