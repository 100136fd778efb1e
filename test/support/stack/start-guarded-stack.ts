import type { TestProject } from 'vitest/node';
import { startStack } from '../../../local/stack.ts';
import { startLoopbackServer } from '../latch.ts';
import { provideStack, stateDirOf } from './start-stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Whoever sends something there ends AWS and starts it again. */
    outage_url: string;
  }
}

/** Starts the whole shop with IAM enforced, as on AWS: a function may do what its policy says, and nothing else. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startStack({ auth: true, stateDir: stateDirOf(project) });
  const stop = await provideStack(project, stack);
  const door = await startLoopbackServer(async () => {
    await stack.restartAws();
    return { status: 200, body: '{}' };
  });
  project.provide('outage_url', door.url);
  return async () => {
    await door.close();
    await stop();
  };
}
