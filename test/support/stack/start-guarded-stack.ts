import type { TestProject } from 'vitest/node';
import { startStack } from '../../../local/stack.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { provideStack, stateDirOf } from './start-stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Any request to this URL restarts AWS. */
    outage_url: string;
  }
}

/** Starts the stack with IAM enforced: a function may do what its policy grants, and nothing else. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stack = await startStack({ auth: true, stateDir: stateDirOf(project) });
  const stop = await provideStack(project, stack);
  const server = await startLoopbackServer(async () => {
    await stack.restartAws();
    return { status: 200, body: '{}' };
  });
  project.provide('outage_url', server.url);
  return async () => {
    await server.close();
    await stop();
  };
}
