import { ulid } from 'ulid';
import { describe, expect, inject, it } from 'vitest';
import { type Finding, findingIdOf, type Violation } from '../../src/consistency/finding.ts';
import { findingRepository } from '../../src/consistency/finding-repository.ts';
import { documentClient } from '../../src/shared/dynamo.ts';
import { functionEnvironment } from '../support/in-process/function-environment.ts';

functionEnvironment();
const { tables } = inject('aws');
const db = documentClient();
const findings = findingRepository(db, tables.operations);

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute));
const newMistake = (more: Partial<Violation> = {}): Violation => ({
  invariant: 9,
  subject: `WH-${ulid()}`,
  what: 'the event is unfinished',
  repair: null,
  ...more,
});

/** All findings that hold, over as many pages as it takes. */
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
  it('keeps the time when it was seen first, and takes on what was seen last', async () => {
    const mistake = newMistake();
    const repair = { kind: 'replay_event', event_id: mistake.subject } as const;

    await findings.put(mistake, at(0));
    await findings.put({ ...mistake, what: 'the event is still unfinished', repair }, at(5));

    expect(await findings.get(findingIdOf(mistake))).toEqual({
      ...mistake,
      id: `9:${mistake.subject}`,
      what: 'the event is still unfinished',
      repair,
      first_seen: at(0).toISOString(),
      last_seen: at(5).toISOString(),
    });
  });

  it('that is closed is not listed any more, but can still be looked up', async () => {
    const mistake = newMistake();
    await findings.put(mistake, at(0));

    expect(await findings.close(findingIdOf(mistake), at(1))).toBe(true);

    expect((await allOpen(100)).map(({ subject }) => subject)).not.toContain(mistake.subject);
    expect(await findings.get(findingIdOf(mistake))).toMatchObject({ closed_at: at(1).toISOString() });
  });

  it('is closed once', async () => {
    const mistake = newMistake();
    await findings.put(mistake, at(0));
    await findings.close(findingIdOf(mistake), at(1));

    expect(await findings.close(findingIdOf(mistake), at(2))).toBe(false);
    expect(await findings.get(findingIdOf(mistake))).toMatchObject({ closed_at: at(1).toISOString() });
  });

  it('that was never seen cannot be closed', async () => {
    const id = findingIdOf(newMistake());

    expect(await findings.close(id, at(1))).toBe(false);
    expect(await findings.get(id)).toBeUndefined();
  });

  it('that comes back after it was closed is a new one', async () => {
    const mistake = newMistake();
    await findings.put(mistake, at(0));
    await findings.close(findingIdOf(mistake), at(1));

    await findings.put(mistake, at(9));

    const finding = await findings.get(findingIdOf(mistake));
    expect(finding).toMatchObject({ first_seen: at(9).toISOString(), last_seen: at(9).toISOString() });
    expect(finding).not.toHaveProperty('closed_at');
  });

  it('is one, however many checks see it at once', async () => {
    const mistake = newMistake();

    await Promise.all(Array.from({ length: 20 }, () => findings.put(mistake, at(0))));

    expect((await allOpen(100)).filter(({ subject }) => subject === mistake.subject)).toHaveLength(1);
  });
});

it('findings are listed page by page, none missing, none twice', async () => {
  const mistakes = Array.from({ length: 12 }, (_, i) => newMistake({ invariant: i % 2 ? 10 : 1 }));
  for (const mistake of mistakes) await findings.put(mistake, at(0));

  const listed = (await allOpen(5)).map(({ id }) => id);

  expect(listed).toEqual(expect.arrayContaining(mistakes.map(findingIdOf)));
  expect(new Set(listed).size).toBe(listed.length);
});

it('findings of one rule are listed alone: those of 10 are not those of 1', async () => {
  const [one, ten] = [newMistake({ invariant: 1 }), newMistake({ invariant: 10 })];
  for (const mistake of [one, ten]) await findings.put(mistake, at(0));

  const listed: string[] = [];
  for (let page = await findings.open(undefined, 100, 1); ; page = await findings.open(page.cursor, 100, 1)) {
    listed.push(...page.findings.map(({ id }) => id));
    if (page.cursor === undefined) break;
  }

  expect(listed).toContain(findingIdOf(one));
  expect(listed).not.toContain(findingIdOf(ten));
});
