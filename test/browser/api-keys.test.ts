import { describe, expect, inject } from 'vitest';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { openAsOperator, signInAs, typeIntoFocused } from '../support/stack/operator-pages.ts';
import { newOperator, PASSWORD } from '../support/stack/page-actor.ts';
import { shop } from '../support/stack/shop.ts';
import { waitForHeading } from '../support/stack/shopper.ts';

const statusWith = async (key: string) =>
  (await shop('GET', '/api/v1/admin/settlements', undefined, { authorization: `Bearer ${key}` })).status;

describe('API keys', () => {
  it('are created by keyboard, shown once and revoked at once', async ({ page }) => {
    const name = `ERP ${Date.now()}`;
    await openAsOperator(page, '/admin/api-keys', 'API keys');

    await page.getByRole('button', { name: 'Create API key' }).press('Enter');
    await typeIntoFocused(page, name);
    await page.getByRole('checkbox', { name: 'events:read' }).press('Space');
    expect(await accessibilityViolations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    const key = (await page.getByLabel('API key', { exact: true }).textContent()) ?? '';
    expect(key).toMatch(/^sk_local_[0-9A-Z]{26}$/);
    expect(await statusWith(key)).toBe(200);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().press('Enter');

    const row = page.getByRole('row').filter({ hasText: name });
    await row.getByRole('button', { name: `Revoke: ${name}` }).waitFor();
    expect(await page.content()).not.toContain(key);
    await row.getByRole('button', { name: `Revoke: ${name}` }).press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).press('Enter');
    await row.getByText('revoked').waitFor();
    expect(await statusWith(key)).toBe(401);

    expect(await accessibilityViolations(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await accessibilityViolations(page)).toEqual([]);
  });

  it('are out of reach of others than admins', async ({ page }) => {
    const username = await newOperator(inject('stack').operator.user_pool_id, 'operator');
    await page.goto('/admin/api-keys');
    await signInAs(page, { username, password: PASSWORD });

    await waitForHeading(page, 'Page not found');
    expect(await page.getByRole('link', { name: 'API keys' }).count()).toBe(0);
  });
});
