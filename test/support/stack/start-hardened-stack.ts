import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import type { TestProject } from 'vitest/node';
import { RESERVED_CONCURRENCY } from '../../../lib/reserved-concurrency.ts';
import { startStack } from '../../../local/stack.ts';
import type { ClientOptions } from '../../../ops/emulator-client.ts';
import { deployedFunctions } from './deployed-functions.ts';
import { provideStack, stateDirOf } from './start-stack.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The secret that CloudFront sends. */
    origin_secret: string;
  }
}

/** Switches on what stage local has off, beside the check of the origin secret. */
const CONTEXT = { firewall: 'on', totp: 'on' };

/** Starts the stack with all that protects it on AWS, as far as MiniStack has it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const originSecret = crypto.randomUUID().repeat(2);
  const stack = await startStack({ originSecret, context: CONTEXT, stateDir: stateDirOf(project) });
  const stop = await provideStack(project, stack);
  project.provide('origin_secret', originSecret);
  try {
    await reserveConcurrency(stack.clientOptions);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** As in stage prod: MiniStack ignores the limits in templates. */
async function reserveConcurrency(options: ClientOptions): Promise<void> {
  const { lambda, nameOf } = deployedFunctions(options);
  for (const [name, ReservedConcurrentExecutions] of Object.entries(RESERVED_CONCURRENCY.prod)) {
    const FunctionName = await nameOf(name);
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
  }
}
