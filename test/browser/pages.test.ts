import { expect } from 'vitest';
import { accessibilityViolations, it } from '../support/stack/browser.ts';

const PAGES = ['/', '/checkout', '/checkout/success', '/checkout/failure', '/admin', '/no/such/page'];

it.for(PAGES)('page %s is accessible', async (path, { page }) => {
  await page.goto(path, { waitUntil: 'networkidle' });

  expect(await page.locator('h1').count()).toBe(1);
  expect(await accessibilityViolations(page)).toEqual([]);
});

it.for(PAGES)('page %s is accessible and fits on a phone', async (path, { page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(path, { waitUntil: 'networkidle' });

  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  expect(await accessibilityViolations(page)).toEqual([]);
});

it('accessibilityViolations reports a violation in both colour schemes', async ({ page }) => {
  await page.setContent('<html lang="en"><title>A page</title><main><h1>A page</h1><img src="data:,"></main></html>');

  expect(await accessibilityViolations(page)).toEqual([
    expect.stringMatching(/^image-alt, dark: /),
    expect.stringMatching(/^image-alt, light: /),
  ]);
});
