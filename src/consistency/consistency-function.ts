import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { type Finding, findingSchema } from './finding.ts';

/** Input of the function `consistency`, which writes findings and nothing else. */
export const requestSchema = z.union([
  /** Runs the check. */
  z.strictObject({
    /** ISO 8601: the time that grace periods count from. @default now */
    as_of: z.optional(z.iso.datetime({ offset: true })),
  }),
  /** Rechecks one finding, before its repair. */
  z.strictObject({ look_again: z.string() }),
]);
type ConsistencyRequest = z.infer<typeof requestSchema>;

const checkSummarySchema = z.object({
  /** Purchases, products, events, executions and refunds checked by this run. */
  checked: z.int(),
  /** Open findings. */
  findings: z.int(),
  /** Whether the scan reached the end; otherwise the next run continues it. */
  finished: z.boolean(),
});
export type CheckSummary = z.infer<typeof checkSummarySchema>;

const recheckedSchema = z.object({
  /** The finding after its recheck; null when there is none. */
  finding: z.nullable(findingSchema),
});

export type ConsistencyResponse = CheckSummary | z.input<typeof recheckedSchema>;

/** Client of the function `consistency`, the only one that may read every table. */
export const consistencyFunction = (lambda: LambdaClient, functionName: string) => {
  /** @throws Error when the function fails; the cause is in its log. */
  const call = async <Schema extends z.core.$ZodType<unknown, ConsistencyResponse>>(
    request: ConsistencyRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> => {
    const { FunctionError, Payload = new Uint8Array() } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    const payload = Buffer.from(Payload).toString('utf8');
    if (FunctionError) throw new Error(`consistency check failed: ${FunctionError}`);
    return z.parse(schema, JSON.parse(payload));
  };
  return {
    /** Runs the check for some seconds; the next run continues. */
    check: (): Promise<CheckSummary> => call({}, checkSummarySchema),

    recheck: async (findingId: string): Promise<Finding | undefined> =>
      (await call({ look_again: findingId }, recheckedSchema)).finding ?? undefined,
  };
};
export type ConsistencyFunction = ReturnType<typeof consistencyFunction>;
