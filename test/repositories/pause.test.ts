import { expect, inject, it } from 'vitest';
import { pauseRepository } from '../../src/reconciliation/pause-repository.ts';
import { dynamo } from '../support/stack/aws.ts';

const pause = pauseRepository(dynamo, inject('aws').tables.operations);

it('a pause is extended, never shortened', async () => {
  const [early, late] = [new Date('2026-06-01T12:00:00.000Z'), new Date('2026-06-01T12:00:30.000Z')];
  expect(await pause.get()).toBeUndefined();

  await pause.extend(early);
  expect(await pause.get()).toEqual(early);

  await Promise.all([pause.extend(late), pause.extend(early)]);
  expect(await pause.get()).toEqual(late);
});
