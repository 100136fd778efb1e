import * as z from 'zod/mini';
import { type Caller, sourceOf } from '../access/caller.ts';
import { INVARIANT_NUMBERS, type InvariantNumber, invariantOf } from '../consistency/checks/violation.ts';
import type { ConsistencyFunction } from '../consistency/consistency-function.ts';
import { isFindingId } from '../consistency/finding.ts';
import type { FindingRepository } from '../consistency/finding-repository.ts';
import { type RepairActions, repairFinding } from '../consistency/repair-finding.ts';
import { Problem } from '../shared/http/problem.ts';
import { parseBody, parseQuery } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import type { Run } from '../shared/run-repository.ts';
import { type AuditDeps, recordAction } from './audit.ts';
import { decodeCursor, encodeCursor, page } from './queries.ts';
import { checkRequest, dryRunRequest } from './requests.ts';
import { toFindingResponse } from './responses.ts';

export interface ConsistencyRoutesDeps extends AuditDeps {
  readonly findings: Pick<FindingRepository, 'get' | 'open'>;
  /** The latest run of a job. */
  readonly runOf: (job: string) => Promise<Run | undefined>;
  readonly consistency: ConsistencyFunction;
  readonly actions: RepairActions;
}

const INVARIANTS: readonly string[] = INVARIANT_NUMBERS.map(String);
const consistencyQuery = z.strictObject({
  invariant: z.optional(z.string().check(z.refine((text) => INVARIANTS.includes(text), 'must be from 1 to 11'))),
  ...page,
});

/** Findings: list, check, repair. */
export function consistencyRoutes(api: Api<Caller>, deps: ConsistencyRoutesDeps): void {
  const { findings, consistency, actions } = deps;

  api.get('/api/v1/admin/consistency', async ({ event }) => {
    const { invariant, cursor, limit } = parseQuery(consistencyQuery, event);
    const isOfList = (id: string) => isFindingId(id) && (invariant === undefined || id.startsWith(`${invariant}:`));
    const cursorSchema = z.strictObject({ id: z.string().check(z.refine(isOfList)) });
    const after = cursor === undefined ? undefined : decodeCursor(cursorSchema, cursor).id;
    const [run, { findings: found, cursor: last }] = await Promise.all([
      deps.runOf('consistency'),
      findings.open(
        after,
        limit,
        invariant === undefined ? undefined : invariantOf(Number(invariant) as InvariantNumber),
      ),
    ]);
    const last_run = run
      ? { started_at: run.started_at, finished_at: run.finished_at ?? null, figures: run.figures }
      : null;
    const next_cursor = encodeCursor(last === undefined ? undefined : { id: last });
    return { status: 200, body: { last_run, findings: found.map(toFindingResponse), next_cursor } };
  });

  api.post('/api/v1/admin/consistency/run', async ({ event, caller }) => {
    const { reason = 'manual check' } = event.body ? parseBody(checkRequest, event) : {};
    await recordAction(deps, { actor: caller.id, action: 'check', target: 'consistency', reason });
    return { status: 200, body: await consistency.check() };
  });

  api.post('/api/v1/admin/consistency/findings/:id/repair', async ({ event, caller, params: { id = '' } }) => {
    const { dry_run: dryRun = false, reason } = parseBody(dryRunRequest, event);
    const finding = isFindingId(id) ? await findings.get(id) : undefined;
    if (!finding) throw unknownFinding(id);
    const details = { what: finding.what };
    if (!dryRun) await recordAction(deps, { actor: caller.id, action: 'repair', target: id, reason, details });
    const request = { findingId: id, dryRun, by: sourceOf(caller) };
    const repaired = await repairFinding({ recheck: consistency.recheck, actions }, request);
    const respondWith = (outcome: string, what: string) => ({
      status: 200,
      body: { finding_id: id, dry_run: dryRun, outcome, what },
    });
    switch (repaired.outcome) {
      case 'would_repair':
      case 'repaired':
        return respondWith(repaired.outcome, repaired.description);
      case 'already_resolved':
        return respondWith('holds_no_more', 'already resolved');
      case 'not_repairable':
        throw new Problem('not-repairable', repaired.reason);
      case 'unknown_finding':
        throw unknownFinding(id);
    }
  });
}

const unknownFinding = (id: string) => new Problem('unknown-finding', `finding ${id} not found`);
