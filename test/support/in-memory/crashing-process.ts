import type { Gate } from './tables.ts';

/** The process ends before or after its call of that number to the outside. */
export interface Death {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** The end of a process, wherever it was. */
export class ProcessDied extends Error {
  override readonly name = 'ProcessDied';
}

/** A gate whose process can be doomed; after its death, the next process lives again. */
export function mortalProcess() {
  let doom: { at: number; when: Death['when'] } | undefined;
  const calls: string[] = [];
  const gate: Gate = async (call, effect) => {
    calls.push(call);
    if (!doom || doom.at-- > 0) return effect();
    if (doom.when === 'after') effect();
    throw new ProcessDied(call);
  };
  return {
    gate,
    /** Every call to the outside since the beginning, or since it was last emptied. */
    calls,
    doom(death: Death | undefined): void {
      doom = death && { ...death };
    },
  };
}

/** Does something; the process may die over it. @returns whether it lived. */
export async function survives(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof ProcessDied) return false;
    throw error;
  }
}

/** Every death within so many calls. */
export const deathsWithin = (calls: number): Death[] =>
  Array.from({ length: calls }, (_, at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]).flat();
