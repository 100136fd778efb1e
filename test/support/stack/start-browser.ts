import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { CHROMIUM_FLAGS, findChromium } from '../../../local/chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the browser listens for whoever drives it. */
    browser: string;
  }
}

/** Starts one browser, with a profile of its own that goes with it, for all tests that need one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({
    executablePath: await findChromium(),
    args: [...CHROMIUM_FLAGS],
    host: '127.0.0.1',
  });
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}
