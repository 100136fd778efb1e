import type { Gate } from './tables.ts';

/** The process ends before or after its call of that number to the outside. */
export interface Crash {
  readonly at: number;
  readonly when: 'before' | 'after';
}

/** The end of a process, wherever it was. */
export class ProcessCrashed extends Error {
  override readonly name = 'ProcessDied';
}

/** A gate whose process can be doomed; after its death, the next process lives again. */
export function crashingProcess() {
  let crashOn: { at: number; when: Crash['when'] } | undefined;
  const calls: string[] = [];
  const gate: Gate = async (call, effect) => {
    calls.push(call);
    if (!crashOn || crashOn.at-- > 0) return effect();
    if (crashOn.when === 'after') effect();
    throw new ProcessCrashed(call);
  };
  return {
    gate,
    /** Every call to the outside since the beginning, or since it was last emptied. */
    calls,
    crashOn(death: Crash | undefined): void {
      crashOn = death && { ...death };
    },
  };
}

/** Does something; the process may die over it. @returns whether it lived. */
export async function survives(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof ProcessCrashed) return false;
    throw error;
  }
}

/** Every death within so many calls. */
export const crashesWithin = (calls: number): Crash[] =>
  Array.from({ length: calls }, (_, at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]).flat();
