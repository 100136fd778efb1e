import { inject } from 'vitest';
import type { Finding } from '../../../src/consistency/finding.ts';
import { findingRepository } from '../../../src/consistency/finding-repository.ts';
import { callFunction, dynamo } from './aws.ts';
import { asOperator, type OperatorResponse, seenByOperator } from './operator.ts';

const findings = findingRepository(dynamo, inject('stack').tables.operations);

/** Runs the full consistency check as of some minutes later, when current work is no longer in flight. */
export async function runConsistencyCheck(minutesLater = 10): Promise<Record<string, unknown>> {
  const as_of = new Date(Date.now() + minutesLater * 60_000).toISOString();
  let response: Record<string, unknown>;
  do response = await callFunction('consistency', { as_of });
  while (!response.finished);
  return response;
}

/** A finding, open or closed. */
export const findingOf = (invariant: number, subject: string): Promise<Finding | undefined> =>
  findings.get(`${invariant}:${subject}`);

/** Ids of all open findings, from the admin API. */
export async function openFindings(): Promise<string[]> {
  const open: string[] = [];
  let cursor = '';
  do {
    const { body } = await seenByOperator(`/api/v1/admin/consistency${cursor && `?cursor=${cursor}`}`);
    open.push(...body.findings.map(({ finding_id }: { finding_id: string }) => finding_id));
    cursor = body.next_cursor ?? '';
  } while (cursor);
  return open;
}

/** Repairs a finding as an operator, or previews the repair. */
export const repair = (findingId: string, { dryRun = false } = {}): Promise<OperatorResponse> =>
  asOperator(`/api/v1/admin/consistency/findings/${findingId}/repair`, { dry_run: dryRun, reason: 'it was found' });
