import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidToken,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { executionClient } from '../../../src/settlements/execution-client.ts';
import { PAYMENT } from '../../support/builders/payments.ts';
import { settlementThat } from '../../support/builders/settlements.ts';

const MACHINE = 'arn:aws:states:eu-central-1:000000000000:stateMachine:payment-settlement';
const NAME = `${PAYMENT}-captured`;
const ARN = `arn:aws:states:eu-central-1:000000000000:execution:payment-settlement:${NAME}`;
const client = new SFNClient({ region: 'eu-central-1' });
const stepFunctions = mockClient(client);
const executions = executionClient(client, MACHINE);
const exception = { $metadata: {}, message: 'no' };

beforeEach(() => stepFunctions.reset());

describe('executionClient', () => {
  describe('failed execution', () => {
    it('is described by its name', async () => {
      const startDate = new Date('2026-06-01T12:00:00.000Z');
      const stopDate = new Date('2026-06-01T12:01:02.500Z');
      stepFunctions.on(DescribeExecutionCommand, { executionArn: ARN }).resolves({
        status: 'FAILED',
        redriveStatus: 'REDRIVABLE',
        redriveCount: 2,
        startDate,
        stopDate,
        error: 'Error',
        cause: 'no table',
      });

      expect(await executions.describe(NAME)).toEqual({
        arn: ARN,
        status: 'FAILED',
        redrivable: true,
        redrives: 2,
        startedAt: startDate,
        endedAt: stopDate,
        error: 'Error',
        cause: 'no table',
      });
    });

    it.each(['NOT_REDRIVABLE', undefined] as const)(
      'is not redrivable when its redrive status is %s',
      async (redriveStatus) => {
        stepFunctions.on(DescribeExecutionCommand).resolves({ status: 'FAILED', redriveStatus });

        expect(await executions.describe(NAME)).toMatchObject({ redrivable: false, redrives: 0 });
      },
    );

    it('is redriven by its ARN', async () => {
      stepFunctions.on(RedriveExecutionCommand).resolves({ redriveDate: new Date() });

      expect(await executions.redrive(ARN)).toBe(true);

      expect(stepFunctions.commandCalls(RedriveExecutionCommand).map(({ args: [{ input }] }) => input)).toEqual([
        { executionArn: ARN },
      ]);
    });

    it('is not redriven when Step Functions rejects it', async () => {
      stepFunctions.on(RedriveExecutionCommand).rejects(new ExecutionNotRedrivable(exception));

      expect(await executions.redrive(ARN)).toBe(false);
    });

    it('has the failed steps of its history', async () => {
      stepFunctions.on(GetExecutionHistoryCommand).resolves({
        events: [
          { id: 3, previousEventId: 2, type: 'ExecutionFailed', timestamp: new Date() },
          { id: 2, previousEventId: 1, type: 'LambdaFunctionFailed', timestamp: new Date() },
          {
            id: 1,
            previousEventId: 0,
            type: 'LambdaFunctionScheduled',
            timestamp: new Date(),
            lambdaFunctionScheduledEventDetails: { resource: 'arn', input: '{"step":"CreateOrder"}' },
          },
        ],
      });

      expect(await executions.failedSteps(ARN)).toEqual(['CreateOrder']);

      expect(stepFunctions.commandCalls(GetExecutionHistoryCommand)[0]?.args[0].input).toMatchObject({
        executionArn: ARN,
        reverseOrder: true,
      });
    });
  });

  describe('execution', () => {
    it('is undefined when it does not exist', async () => {
      stepFunctions.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(exception));

      expect(await executions.describe(NAME)).toBeUndefined();
    });

    it('is running when its redrive is pending', async () => {
      stepFunctions.on(DescribeExecutionCommand).resolves({ status: 'PENDING_REDRIVE' });

      expect(await executions.describe(NAME)).toMatchObject({ status: 'RUNNING' });
    });

    it('starts idempotently when the name exists', async () => {
      stepFunctions.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(exception));

      await expect(executions.start(NAME, settlementThat('captured'))).resolves.toBeUndefined();
    });

    it('throws when Step Functions throttles', async () => {
      stepFunctions.onAnyCommand().rejects(new Error('throttled'));

      await expect(executions.describe(NAME)).rejects.toThrow('throttled');
      await expect(executions.redrive(ARN)).rejects.toThrow('throttled');
    });
  });

  describe('list of failed executions', () => {
    const failure = { executionArn: ARN, stateMachineArn: MACHINE, name: NAME, startDate: new Date(0) };
    const stopDate = new Date('2026-06-01T12:01:00.000Z');

    it('starts again when its page token has expired', async () => {
      stepFunctions
        .on(ListExecutionsCommand)
        .resolves({ executions: [{ ...failure, status: 'FAILED', stopDate }] })
        .on(ListExecutionsCommand, { nextToken: 'expired' })
        .rejects(new InvalidToken(exception));

      expect(await executions.failures('FAILED', 'expired')).toEqual({
        failures: [{ name: NAME, status: 'FAILED', endedAt: stopDate }],
      });
    });

    it('throws when Step Functions throttles', async () => {
      stepFunctions.on(ListExecutionsCommand).rejects(new Error('throttled'));

      await expect(executions.failures('FAILED', 'token')).rejects.toThrow('throttled');
    });
  });
});
