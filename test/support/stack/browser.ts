import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

/*
 * The running shop as people see it, in a real browser.
 */

/** Where pages are opened: the origin of the shop. */
const SHOP_URL = inject('stack').front_door_url;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.connect(inject('browser'));
});
afterAll(() => browser.close());

/** A test with a browser of its own: an empty profile, whose pages may not complain of anything. */
export const it = test.extend<{ context: BrowserContext; page: Page }>({
  context: async ({ task: _ }, use) => {
    const context = await browser.newContext({ baseURL: SHOP_URL, viewport: { width: 1280, height: 800 } });
    context.setDefaultTimeout(20_000);
    const complaints: string[] = [];
    // Errors of scripts, and what the content security policy refuses.
    context.on('weberror', (error) => complaints.push(String(error.error())));
    context.on('console', (message) => {
      // The browser calls every answer of 4xx or 5xx an error; to this shop's pages they are answers.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    await use(context);
    await context.close();
    expect(complaints).toEqual([]);
  },
  page: async ({ context }, use) => use(await context.newPage()),
});

const WCAG_22_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What stands in the way of people who see, hear or move otherwise, by the rules of WCAG 2.2, levels A and AA, by day and by night. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  const found = new Set<string>();
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // As text: the page knows nothing of what this file imports.
    const { violations } = await page.evaluate<AxeResults>(
      `${axe.source}; axe.run({ runOnly: ${JSON.stringify(WCAG_22_AA)} })`,
    );
    for (const { id, help, nodes } of violations)
      for (const { target } of nodes) found.add(`${id}, ${colorScheme}: ${help} (${target.join(' ')})`);
  }
  return [...found];
}
