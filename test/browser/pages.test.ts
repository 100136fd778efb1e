import { expect } from 'vitest';
import { barriersOn, it } from '../support/browser.ts';

it.for(['/', '/admin', '/no/such/page'])('the page %s keeps nobody out', async (path, { page }) => {
  await page.goto(path);
  await page.locator('h1').waitFor();

  expect(await barriersOn(page)).toEqual([]);
});

it('whoever is kept out would be noticed', async ({ page }) => {
  await page.setContent('<html lang="en"><title>A page</title><main><h1>A page</h1><img src="data:,"></main></html>');

  expect(await barriersOn(page)).toEqual([expect.stringMatching(/^image-alt: /)]);
});
