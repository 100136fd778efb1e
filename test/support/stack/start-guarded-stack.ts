import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { ALLOWED_CALLS, startStack } from '../../../local/stack.ts';
import { startLoopbackServer } from '../loopback-server.ts';
import { provideStack, stateDirOf } from './start-stack.ts';
import { unusedGrants } from './unused-grants.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Any request to this URL restarts AWS. */
    outage_url: string;
  }
}

/**
 * Starts the stack with IAM enforced: a function may do what its policy grants, and nothing else.
 * @returns a teardown that fails on grants that no test used, when all tests have run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stateDir = stateDirOf(project);
  const stack = await startStack({ auth: true, stateDir });
  const stop = await provideStack(project, stack);
  const server = await startLoopbackServer(async () => {
    await stack.restartAws();
    return { status: 200, body: '{}' };
  });
  project.provide('outage_url', server.url);
  return async () => {
    await server.close();
    const calls = join(stateDir, ALLOWED_CALLS);
    try {
      const unused = (await hasRunAll(project)) ? await unusedGrants(calls, stack.clientOptions) : [];
      if (unused.length > 0) throw new Error(`grants of lib/functions.ts that no test used:\n${unused.join('\n')}`);
    } finally {
      await stop();
    }
  };
}

/** A selection of the tests does not use all grants. */
async function hasRunAll(project: TestProject): Promise<boolean> {
  const { testFiles } = await project.globTestFiles();
  const modules = project.vitest.state.getTestModules().filter((module) => module.project === project);
  return modules.length === testFiles.length && modules.every((module) => module.ok());
}
