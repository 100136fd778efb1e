import type { TestProject } from 'vitest/node';
import { startStack } from '../../local/stack.ts';
import { provideStack } from './start-stack.ts';

/** Starts the whole shop with IAM enforced, as on AWS: a function may do what its policy says, and nothing else. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideStack(project, await startStack({ auth: true, stateDir: '.local/test-guarded' }));
}
