import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { type Finding, findingSchema } from './finding.ts';
import type { ConsistencyRequest, ConsistencyResponse } from './request.ts';

const checkSummarySchema = z.object({ checked: z.int(), findings: z.int(), finished: z.boolean() });
export type CheckSummary = z.infer<typeof checkSummarySchema>;

const recheckedSchema = z.object({ finding: z.nullable(findingSchema) });

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
