import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { CHROMIUM_FLAGS, findChromium } from '../../../local/chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The WebSocket endpoint of the browser. */
    browser: string;
  }
}

/** Starts one browser with a temporary profile, shared by all tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer({
    executablePath: await findChromium(),
    args: [...CHROMIUM_FLAGS],
    host: '127.0.0.1',
  });
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}
