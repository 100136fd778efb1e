/** How a task of the workflow is retried before its execution fails. */
export interface StepRetry {
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
}

// 2 + 4 + 8 + 16 + 32 + 60 + 60 + 60 s: 4 minutes at most, half of it on average with full jitter. A failing step then
// neither fails its parallel branches early nor costs many state transitions.
export const DEFAULT_STEP_RETRY: StepRetry = {
  intervalSeconds: 2,
  maxAttempts: 8,
  backoffRate: 2,
  maxDelaySeconds: 60,
};

/**
 * Errors that every task of the payment-settlement workflow is retried on: Lambda's own, timeouts, and whatever a step
 * throws.
 * https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html
 */
export const RETRIED_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
  'States.TaskFailed',
] as const;

/** Adds the retry policy to every task. Jitter spreads the retries of executions that fail at the same time. */
export const withStepRetry = (definition: string, retry: StepRetry): string =>
  JSON.stringify(JSON.parse(definition), (_, state) =>
    state?.Type === 'Task'
      ? {
          ...state,
          Retry: [
            {
              ErrorEquals: RETRIED_ERRORS,
              IntervalSeconds: retry.intervalSeconds,
              BackoffRate: retry.backoffRate,
              MaxAttempts: retry.maxAttempts,
              MaxDelaySeconds: retry.maxDelaySeconds,
              JitterStrategy: 'FULL',
            },
          ],
        }
      : state,
  );
