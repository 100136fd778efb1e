import {
  GetScheduleCommand,
  paginateListSchedules,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { TestProject } from 'vitest/node';
import { type Stack, type StackFile, startStack } from '../../../local/stack.ts';
import { finalFindings } from './final-findings.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    stack: StackFile;
    /** The path of the stack's `stack.json`. */
    stack_file: string;
  }
}

/** The schedule group of the local stage. */
const SCHEDULES = 'settle-once-local';

/** Starts the stack once for all tests of a project and stops it after the last. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  return provideStack(project, await startStack({ stateDir: stateDirOf(project) }));
}

/** Each project has its own folder for `stack.json` and logs, so projects can run concurrently. */
export const stateDirOf = ({ name }: TestProject): string => `.local/test-${name}`;

/**
 * Provides the stack to the tests and disables its schedules: tests invoke the jobs themselves.
 * @returns a teardown that fails on open findings.
 */
export async function provideStack(project: TestProject, running: Stack): Promise<() => Promise<void>> {
  const { stop, ended: _, restartAws: __, clientOptions, ...stack } = running;
  try {
    await stopSchedules(new SchedulerClient(clientOptions));
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('stack', stack);
  project.provide('stack_file', `${stateDirOf(project)}/stack.json`);
  project.provide('aws', { endpoint: stack.aws_endpoint_url, region: stack.region, tables: stack.tables });
  return async () => {
    try {
      const found = await finalFindings(running);
      if (found.length > 0) throw new Error(`open findings after all tests:\n${found.join('\n')}`);
    } finally {
      await stop();
    }
  };
}

async function stopSchedules(scheduler: SchedulerClient): Promise<void> {
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, { GroupName: SCHEDULES })) {
    for (const { Name } of Schedules) {
      // An update resets what it does not name.
      const { ScheduleExpression, FlexibleTimeWindow, Target } = await scheduler.send(
        new GetScheduleCommand({ Name, GroupName: SCHEDULES }),
      );
      const update = { Name, GroupName: SCHEDULES, ScheduleExpression, FlexibleTimeWindow, Target };
      await scheduler.send(new UpdateScheduleCommand({ ...update, State: 'DISABLED' }));
    }
  }
}
