import type { TestProject } from 'vitest/node';
import { type Stack, type StackFile, startStack } from '../../local/stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackFile;
  }
}

/** Starts the whole shop once for all tests that need it, and ends it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideStack(project, await startStack({ stateDir: '.local/test' }));
}

/** Tells the tests where the stack is. @returns how to end it. */
export function provideStack(
  project: TestProject,
  { stop, ended: _, clientOptions: __, ...stack }: Stack,
): () => Promise<void> {
  project.provide('stack', stack);
  project.provide('aws', { endpoint: stack.aws_endpoint_url, region: stack.region, tables: stack.tables });
  return stop;
}
