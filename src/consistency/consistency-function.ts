import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import { type Finding, findingSchema } from './finding.ts';
import type { ConsistencyRequest, ConsistencyResponse } from './request.ts';

const checkSummarySchema = z.object({ checked: z.int(), findings: z.int(), finished: z.boolean() });
/** What a check of the books has come to. */
export type CheckSummary = z.infer<typeof checkSummarySchema>;

const recheckSummarySchema = z.object({ finding: z.nullable(findingSchema) });

/** The function `consistency`, for whoever may call it; it alone reads all the books. */
export const consistencyFunction = (lambda: LambdaClient, functionName: string) => {
  /** @throws Error when it fails; what went wrong is in its own log. */
  const call = async <Schema extends z.core.$ZodType<unknown, ConsistencyResponse>>(
    request: ConsistencyRequest,
    schema: Schema,
  ): Promise<z.output<Schema>> => {
    const { FunctionError, Payload = new Uint8Array() } = await lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(request) }),
    );
    const text = Buffer.from(Payload).toString('utf8');
    if (FunctionError) throw new Error(`the check of the books failed: ${FunctionError}`);
    return z.parse(schema, JSON.parse(text));
  };
  return {
    /** Checks the books, as far as some seconds go. */
    check: (): Promise<CheckSummary> => call({}, checkSummarySchema),

    /** Looks again at what a finding is about. */
    recheck: async (findingId: string): Promise<Finding | undefined> =>
      (await call({ recheck: findingId }, recheckSummarySchema)).finding ?? undefined,
  };
};
/** What `consistencyFunction` makes. */
export type ConsistencyFunction = ReturnType<typeof consistencyFunction>;
