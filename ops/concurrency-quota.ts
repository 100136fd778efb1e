import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { StageName } from '../lib/names.ts';
import { RESERVED_CONCURRENCY, totalOf } from '../lib/reserved-concurrency.ts';

/** Of the account, in the region. */
export interface ConcurrencyQuota {
  readonly quota: number;

  /** What no function has reserved. */
  readonly unreserved: number;
}

/**
 * Lambda keeps as much unreserved:
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
const MIN_UNRESERVED = 100;

/**
 * The quota that a stage's reservations need; undefined when the account has it.
 * @param reserved what the stage has reserved already
 */
export function missingQuota(
  stage: StageName,
  { quota, unreserved }: ConcurrencyQuota,
  reserved: number,
): number | undefined {
  const wanted = totalOf(RESERVED_CONCURRENCY[stage]);
  const missing = wanted + MIN_UNRESERVED - (unreserved + reserved);
  return wanted > 0 && missing > 0 ? quota + missing : undefined;
}

/** @throws Error when Lambda does not return it */
export async function concurrencyQuotaOf(client: LambdaClient): Promise<ConcurrencyQuota> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  const { ConcurrentExecutions, UnreservedConcurrentExecutions } = AccountLimit ?? {};
  if (ConcurrentExecutions === undefined || UnreservedConcurrentExecutions === undefined)
    throw new Error('Lambda returned no quota of concurrent invocations');
  return { quota: ConcurrentExecutions, unreserved: UnreservedConcurrentExecutions };
}
