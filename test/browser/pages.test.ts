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

it('accessibilityViolations reports what fails in either colour scheme', async ({ page }) => {
  const unreadable = (scheme: string) =>
    `@media (prefers-color-scheme: ${scheme}) { .${scheme} { color: #eee; background: #fff } }`;
  await page.setContent(
    `<html lang="en"><title>A page</title><style>${['light', 'dark'].map(unreadable).join('')}</style>
     <main><h1>A page</h1><img src="data:,"><p class="light">Light</p><p class="dark">Dark</p></main></html>`,
  );

  expect((await accessibilityViolations(page)).map((violation) => violation.replace(/:.*\(/, ' ('))).toEqual([
    'color-contrast, light (.light)',
    'image-alt, light (img)',
    'color-contrast, dark (.dark)',
  ]);
});
