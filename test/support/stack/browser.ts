import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const SHOP_URL = inject('stack').front_door_url;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.connect(inject('browser'));
});
afterAll(() => browser.close());

/** A test with a browser context of its own, which fails on script errors and content security policy violations. */
export const it = test.extend<{ context: BrowserContext; page: Page }>({
  context: async ({ task }, use) => {
    const context = await browser.newContext({ baseURL: SHOP_URL, viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(20_000);
    const pageErrors: string[] = [];
    // Script errors, and violations of the content security policy.
    context.on('weberror', (error) => pageErrors.push(String(error.error())));
    context.on('console', (message) => {
      // The browser logs every 4xx and 5xx response as an error; the pages handle them.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        pageErrors.push(message.text());
    });
    await use(context);
    if (task.result?.errors?.length) {
      for (const page of context.pages())
        console.error(`${page.url()} when the test failed:\n${await page.locator('body').ariaSnapshot()}`);
    }
    await context.close();
    expect(pageErrors).toEqual([]);
  },
  page: async ({ context }, use) => use(await context.newPage()),
});

const WCAG_22_AA = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
/** The rules whose result depends on the colour scheme. */
const COLOR_RULES = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] };

/** Violations of WCAG 2.2, levels A and AA, in the light and the dark colour scheme. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  const found = new Set<string>();
  // As text: the page cannot access this file's imports.
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source);
  for (const [colorScheme, runOnly] of [
    ['light', WCAG_22_AA],
    ['dark', COLOR_RULES],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const { violations } = await page.evaluate<AxeResults>(
      `axe.run(${JSON.stringify({ runOnly, resultTypes: ['violations'] })})`,
    );
    for (const { id, help, nodes } of violations)
      for (const { target } of nodes) found.add(`${id}, ${colorScheme}: ${help} (${target.join(' ')})`);
  }
  return [...found];
}
