import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { html, raw } from 'hono/html';
import type { Env } from '../delivery/simulation.ts';

/** A fragment of a page; interpolated values are escaped. */
export type Html = ReturnType<typeof html>;

export interface Page {
  readonly content: Html;
  /** Beside the content, or below it on narrow screens. */
  readonly aside?: Html;
  /** @default 200 */
  readonly status?: 200 | 400 | 404 | 409;
  /** Other origins that the page's forms redirect to: Chrome applies CSP form-action to redirects. */
  readonly formTargets?: readonly string[];
}

const STYLE = `
  :root {
    color-scheme: light dark;
    --ink: #14202e;
    --soft: #4a5868;
    --paper: #fff;
    --ground: #f2f5f9;
    --line: #8593a3;
    --blue: #003087;
    --onblue: #fff;
    --good: #0b6b2e;
    --bad: #a3161c;
    --odd: #7a4b00;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --ink: #e9eef4;
      --soft: #b3bfcc;
      --paper: #18212c;
      --ground: #0e151d;
      --line: #66768a;
      --blue: #9cc2ff;
      --onblue: #0a1c3d;
      --good: #7bdc9c;
      --bad: #ff9c9c;
      --odd: #f0c274;
    }
  }
  * { box-sizing: border-box; }
  body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: var(--ink); background: var(--ground); }
  .page { display: grid; gap: 1.25rem; max-width: 76rem; margin: 0 auto; padding: 1.25rem 1rem 3rem; }
  @media (min-width: 60rem) {
    .two { grid-template-columns: 27rem minmax(0, 1fr); align-items: start; }
  }
  .one { max-width: 30rem; }
  main, aside {
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: .75rem;
    padding: 1.25rem;
    min-width: 0;
  }
  h1 { font-size: 1.4rem; margin: 0 0 .75rem; }
  h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
  h2:first-child { margin-top: 0; }
  .brand { font-weight: 700; color: var(--blue); margin: 0 0 .25rem; }
  .soft { color: var(--soft); }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; }
  caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
  th, td {
    text-align: left;
    vertical-align: top;
    padding: .4rem .75rem .4rem 0;
    border-bottom: 1px solid var(--line);
  }
  .sum th, .sum td { font-weight: 700; }
  .number { text-align: right; padding-right: 0; }
  .number, .nowrap { white-space: nowrap; }
  @media (max-width: 44rem) {
    .rows thead { position: absolute; clip-path: inset(50%); }
    .rows tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
    .rows td { display: block; border: 0; padding: .1rem 0; }
  }
  code { font-size: .85rem; overflow-wrap: anywhere; }
  button {
    font: inherit;
    cursor: pointer;
    border: 2px solid var(--blue);
    border-radius: 2rem;
    padding: .55rem 1rem;
    background: transparent;
    color: var(--blue);
  }
  button.first { background: var(--blue); color: var(--onblue); font-weight: 600; }
  .choices button { display: block; width: 100%; margin: .6rem 0; padding: .75rem; }
  .few { display: flex; flex-wrap: wrap; gap: .4rem; }
  .few button { border-width: 1px; padding: .2rem .7rem; font-size: .9rem; }
  fieldset {
    border: 0;
    margin: 0;
    padding: 0;
    min-width: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: .4rem;
  }
  fieldset + fieldset { margin-top: .75rem; }
  legend { padding: 0; font-weight: 600; margin-bottom: .4rem; }
  .box { display: flex; gap: .5rem; align-items: flex-start; }
  input[type=number], input[type=text], select {
    font: inherit;
    max-width: 100%;
    color: inherit;
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: .4rem;
    padding: .2rem .4rem;
  }
  input[type=number] { width: 5rem; }
  details { margin-top: .75rem; }
  details fieldset { margin-top: .75rem; }
  summary { cursor: pointer; font-weight: 600; }
  td form + form { margin-top: .6rem; }
  input[type=checkbox] { flex: none; width: 1.125rem; height: 1.125rem; margin: .1875rem 0; }
  .good { color: var(--good); font-weight: 600; }
  .bad { color: var(--bad); font-weight: 600; }
  .odd { color: var(--odd); font-weight: 600; }
  a { color: var(--blue); }
  :focus-visible { outline: 3px solid var(--odd); outline-offset: 2px; }
`;

/** Polls the URL in `data-live` while the page is visible. Without scripts, the page stays as it was served. */
const LIVE_UPDATES = `
  for (const region of document.querySelectorAll('[data-live]')) {
    let shown = '';
    setInterval(async () => {
      if (document.hidden || region.contains(document.activeElement)) return;
      const response = await fetch(region.dataset.live).catch(() => undefined);
      const text = response?.ok ? await response.text() : shown;
      if (text !== shown) region.innerHTML = shown = text;
    }, 1000);
  }
`;

export function sendPage(c: Context<Env>, { content, aside, status = 200, formTargets = [] }: Page) {
  const nonce = randomBytes(16).toString('base64');
  setSecurityHeaders(c, [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    `form-action ${["'self'", ...new Set(formTargets)].join(' ')}`,
  ]);
  return c.html(
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>PayPal simulator</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><div class="page ${aside ? 'two' : 'one'}">
<main><p class="brand">PayPal simulator</p>${content}</main>${aside ? html`<aside>${aside}</aside>` : ''}
</div>
<script type="module" nonce="${nonce}">${raw(LIVE_UPDATES)}</script></body>
</html>`,
    status,
  );
}

/** A fragment for `data-live`. */
export function sendFragment(c: Context<Env>, fragment: Html) {
  setSecurityHeaders(c, ["default-src 'none'"]);
  return c.html(fragment);
}

function setSecurityHeaders(c: Context<Env>, policy: readonly string[]): void {
  c.header('content-security-policy', [...policy, "base-uri 'none'", "frame-ancestors 'none'"].join('; '));
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cache-control', 'no-store');
}
