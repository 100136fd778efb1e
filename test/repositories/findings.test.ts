import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import type { Violation } from '../../src/consistency/checks/violation.ts';
import { type Finding, findingIdOf } from '../../src/consistency/finding.ts';
import { findingRepository } from '../../src/consistency/finding-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

functionEnvironment();
const { tables } = inject('aws');
const db = documentClient();
const findings = findingRepository(db, tables.operations);

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const newViolation = (more: Partial<Violation> = {}): Violation => ({
  invariant: 'events_finished',
  subject: `WH-${ulid()}`,
  what: 'the event is unfinished',
  repair: null,
  ...more,
});

/** All open findings, across pages. */
async function allOpen(limit: number): Promise<Finding[]> {
  const all: Finding[] = [];
  let cursor: string | undefined;
  do {
    const page = await findings.open(cursor, limit);
    expect(page.findings.length).toBeLessThanOrEqual(limit);
    all.push(...page.findings);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

describe('a finding', () => {
  it('keeps its first time and takes the latest violation', async () => {
    const violation = newViolation();
    const repair = { kind: 'replay_event', event_id: violation.subject } as const;

    await findings.put(violation, at(0));
    await findings.put({ ...violation, what: 'the event is still unfinished', repair }, at(5));

    expect(await findings.get(findingIdOf(violation))).toEqual({
      ...violation,
      id: `9:${violation.subject}`,
      what: 'the event is still unfinished',
      repair,
      first_seen: at(0).toISOString(),
      last_seen: at(5).toISOString(),
    });
  });

  it('is no longer listed but still readable when it is closed', async () => {
    const violation = newViolation();
    await findings.put(violation, at(0));

    expect(await findings.close(findingIdOf(violation), at(1))).toBe(true);

    expect((await allOpen(100)).map(({ subject }) => subject)).not.toContain(violation.subject);
    expect(await findings.get(findingIdOf(violation))).toMatchObject({ closed_at: at(1).toISOString() });
  });

  it('is closed once', async () => {
    const violation = newViolation();
    await findings.put(violation, at(0));
    await findings.close(findingIdOf(violation), at(1));

    expect(await findings.close(findingIdOf(violation), at(2))).toBe(false);
    expect(await findings.get(findingIdOf(violation))).toMatchObject({ closed_at: at(1).toISOString() });
  });

  it('is not created by closing an unknown id', async () => {
    const id = findingIdOf(newViolation());

    expect(await findings.close(id, at(1))).toBe(false);
    expect(await findings.get(id)).toBeUndefined();
  });

  it('starts over when the violation returns after it was closed', async () => {
    const violation = newViolation();
    await findings.put(violation, at(0));
    await findings.close(findingIdOf(violation), at(1));

    await findings.put(violation, at(9));

    const finding = await findings.get(findingIdOf(violation));
    expect(finding).toMatchObject({ first_seen: at(9).toISOString(), last_seen: at(9).toISOString() });
    expect(finding).not.toHaveProperty('closed_at');
  });

  it('is one when several checks record it concurrently', async () => {
    const violation = newViolation();

    await Promise.all(Array.from({ length: 20 }, () => findings.put(violation, at(0))));

    expect((await allOpen(100)).filter(({ subject }) => subject === violation.subject)).toHaveLength(1);
  });
});

it('lists every finding once across pages', async () => {
  const violations = Array.from({ length: 12 }, (_, i) =>
    newViolation({ invariant: i % 2 ? 'failures_listed' : 'order_or_refund' }),
  );
  for (const violation of violations) await findings.put(violation, at(0));

  const listed = (await allOpen(5)).map(({ id }) => id);

  expect(listed).toEqual(expect.arrayContaining(violations.map(findingIdOf)));
  expect(new Set(listed).size).toBe(listed.length);
});

it('lists the findings of one invariant only: 10 is not 1', async () => {
  const [one, ten] = [newViolation({ invariant: 'order_or_refund' }), newViolation({ invariant: 'failures_listed' })];
  for (const violation of [one, ten]) await findings.put(violation, at(0));

  const listed: string[] = [];
  for (
    let page = await findings.open(undefined, 100, 'order_or_refund');
    ;
    page = await findings.open(page.cursor, 100, 'order_or_refund')
  ) {
    listed.push(...page.findings.map(({ id }) => id));
    if (page.cursor === undefined) break;
  }

  expect(listed).toContain(findingIdOf(one));
  expect(listed).not.toContain(findingIdOf(ten));
});
