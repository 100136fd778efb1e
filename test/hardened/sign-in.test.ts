import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { accessibilityViolations, it } from '../support/stack/browser.ts';
import { command } from '../support/stack/command.ts';
import { signInAs, typeIntoFocused } from '../support/stack/operator-pages.ts';
import { shop } from '../support/stack/shop.ts';
import { waitForHeading } from '../support/stack/shopper.ts';
import { nextTotpCode, secretOf, totpCode } from '../support/stack/totp.ts';

const OWN = 'A-password-of-my-own-choice-1';
let added = 0;

/** @returns username and temporary password */
async function newAccount(): Promise<{ username: string; password: string }> {
  const name = `totp-${process.pid}-${++added}`;
  const { stdout } = await command('ops/operator.ts', 'add', name, '--role', 'admin', '--json');
  return JSON.parse(stdout);
}

const signIn = (fields: object) => shop('POST', '/api/v1/admin/sign-in', fields);

/** An operator with a password of its own and an authenticator app. */
async function enrolled() {
  const { username, password } = await newAccount();
  const { body: setup } = await signIn({ username, password, new_password: OWN });
  const secret = secretOf(setup.otpauth_url);
  const credentials = { username, password: OWN };
  const first = await signIn({ ...credentials, code: totpCode(secret), session: setup.session });
  return { credentials, secret, first };
}

/** Types into the field with the focus and submits the form. */
async function typeAndSubmit(page: Page, ...texts: string[]): Promise<void> {
  for (const [i, text] of texts.entries()) {
    if (i > 0) await page.keyboard.press('Tab');
    await typeIntoFocused(page, text);
  }
  await page.keyboard.press('Enter');
}

it('an operator changes the password, sets up an app and signs in with its code, by keyboard alone', async ({
  page,
}) => {
  const { username, password } = await newAccount();
  await page.goto('/admin/audit');
  await waitForHeading(page, 'Sign in');
  await typeAndSubmit(page, username, password);
  await waitForHeading(page, 'Choose a new password');
  await typeAndSubmit(page, OWN, OWN);

  await waitForHeading(page, 'Set up your authenticator app');
  await page.getByRole('img', { name: 'QR code with the key' }).waitFor();
  const secret = (await page.locator('code').textContent()) ?? '';
  expect(await accessibilityViolations(page)).toEqual([]);
  await typeAndSubmit(page, '000000');
  await page.getByRole('alert').filter({ hasText: 'Incorrect code' }).waitFor();
  await page.getByRole('textbox', { name: 'Code' }).fill(totpCode(secret));
  await page.keyboard.press('Enter');
  await waitForHeading(page, 'Audit log');

  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await waitForHeading(page, 'Sign in');
  await signInAs(page, { username, password: OWN });
  await waitForHeading(page, 'Enter your code');
  expect(await accessibilityViolations(page)).toEqual([]);
  await typeAndSubmit(page, nextTotpCode(secret));
  await waitForHeading(page, 'Audit log');
});

it('no password alone gives a token', async () => {
  const { credentials, first } = await enrolled();
  expect(first.status).toBe(200);

  const { status, body, headers } = await signIn(credentials);

  expect([status, body.type, headers.getSetCookie()]).toEqual([401, '/problems/code-required', []]);
});

it('a code is valid once, and a wrong one never', async () => {
  const { credentials, secret } = await enrolled();

  expect((await signIn({ ...credentials, code: totpCode(secret) })).body.type).toBe('/problems/wrong-code');
  expect((await signIn({ ...credentials, code: '000000' })).body.type).toBe('/problems/wrong-code');
  const code = nextTotpCode(secret);
  expect((await signIn({ ...credentials, code })).status).toBe(200);
  expect((await signIn({ ...credentials, code })).body.type).toBe('/problems/wrong-code');
});

it('an app is set up with the password only: another session begins again', async () => {
  const { username, password } = await newAccount();
  const { body: setup } = await signIn({ username, password, new_password: OWN });
  const code = totpCode(secretOf(setup.otpauth_url));

  const forged = await signIn({ username, password: OWN, code, session: 'a session that no one has opened' });
  expect(forged.body.type).toBe('/problems/totp-setup-required');
  expect(secretOf(forged.body.otpauth_url)).not.toBe(secretOf(setup.otpauth_url));
  const wrongPassword = await signIn({ username, password: 'wrong', code, session: setup.session });
  expect(wrongPassword.body.type).toBe('/problems/wrong-credentials');
  // The session had proved the password, so the app is set up.
  expect((await signIn({ username, password: OWN })).body.type).toBe('/problems/code-required');
});

it('an operator who lost the phone sets up another one after a reset', async () => {
  const { credentials, secret } = await enrolled();
  const { stdout } = await command('ops/operator.ts', 'reset', credentials.username, '--json');
  const reset = { username: credentials.username, password: JSON.parse(stdout).password };

  const { body: setup } = await signIn({ ...reset, new_password: OWN });

  expect(setup.type).toBe('/problems/totp-setup-required');
  expect(secretOf(setup.otpauth_url)).not.toBe(secret);
  const code = totpCode(secretOf(setup.otpauth_url));
  expect((await signIn({ ...credentials, code, session: setup.session })).status).toBe(200);
});
