import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { CHROMIUM_FLAGS, findChromium } from '../local/chromium.ts';
import { ROOT } from '../local/paths.ts';
import type { Stack } from '../local/stack.ts';
import { command, run } from '../ops/command.ts';
import { JOB_NAMES } from '../src/reconciliation/job.ts';
import { deployedFunctions } from '../test/support/stack/deployed-functions.ts';

const PICTURES = join(ROOT, 'docs/pictures');

await run(
  command('npm run screenshots', "Starts a stack and takes the README's pictures, into docs/pictures.").action(
    takePictures,
  ),
);

async function takePictures(): Promise<void> {
  const [{ chromium }, { startStack }] = await Promise.all([import('playwright-core'), import('../local/stack.ts')]);
  await using ends = new AsyncDisposableStack();
  const executablePath = await findChromium();
  const stack = await startStack({ stateDir: join(ROOT, '.local/screenshots') });
  ends.defer(() => stack.stop());
  const browser = await chromium.launch({ executablePath, args: [...CHROMIUM_FLAGS] });
  ends.defer(() => browser.close());
  const page = await browser.newPage({
    baseURL: stack.front_door_url,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'light',
    locale: 'en-IE',
    reducedMotion: 'reduce',
  });
  await mkdir(PICTURES, { recursive: true });

  await page.goto('/');
  for (const name of ['Mug, blue', 'Ink, royal blue, 50 ml']) {
    await page.getByRole('button', { name: `Add to basket: ${name}` }).click();
  }
  await picture(page, 'storefront');

  await page.getByRole('button', { name: 'Check out' }).click();
  await page.getByRole('button', { name: 'Pay with PayPal' }).click();
  await page.getByRole('button', { name: 'Pay now' }).waitFor();
  await picture(page, 'paypal');
  await page.getByRole('button', { name: 'Pay now' }).click();
  await page.getByRole('heading', { name: 'Thank you for your order' }).waitFor();

  await makePurchases(stack);
  await runScheduledJobs(stack);
  await page.goto('/admin');
  await page.getByLabel('Username').fill(stack.operator.username ?? '');
  await page.getByRole('textbox', { name: 'Password' }).fill(stack.operator.password ?? '');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.waitForLoadState('networkidle');
  await picture(page, 'dashboard');
}

/** Without focus or caret, so that a picture changes only when the page does. */
async function picture(of: Page, name: string): Promise<void> {
  await of.mouse.move(0, 0);
  await of.evaluate('document.activeElement?.blur(); scrollTo(0, 0);');
  // Product images and charts load after the text.
  await of.waitForLoadState('networkidle');
  await of.screenshot({ path: join(PICTURES, `${name}.png`) });
  console.log(`docs/pictures/${name}.png`);
}

/** Data for the dashboard: captured payments, one pending, one cancelled. */
async function makePurchases({ front_door_url, simulator_url }: Stack): Promise<void> {
  const post = async (url: string, body: unknown): Promise<Record<string, string>> => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${url} returned ${response.status}: ${await response.text()}`);
    return (await response.json()) as Record<string, string>;
  };
  for (const funding of ['instant', 'instant', 'pending', 'instant', undefined, 'instant', 'instant']) {
    const items = [{ sku: 'TEA-ASSAM', quantity: 1 }];
    const { checkout_session_id } = await post(`${front_door_url}/api/v1/checkout-sessions`, { items });
    const { payment_id, paypal_order_id: token } = await post(`${front_door_url}/api/v1/payments`, {
      checkout_session_id,
    });
    if (funding) await post(`${simulator_url}/_sim/orders/${token}/approve`, { funding });
    else await post(`${front_door_url}/api/v1/payments/${payment_id}/cancel`, { token });
  }
}

/** Runs every scheduled job once, so that the dashboard shows their results. */
async function runScheduledJobs({ clientOptions }: Stack): Promise<void> {
  const { lambda, call } = deployedFunctions(clientOptions);
  for (const job of JOB_NAMES) await call('reconciliation', { job });
  await call('consistency', {});
  lambda.destroy();
}
