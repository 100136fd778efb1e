import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import type { Gate } from './tables.ts';

/** The process crashes before or after its external call of this number, from 0. */
export interface CrashPoint {
  readonly at: number;
  readonly when: 'before' | 'after';
}

export class ProcessCrashed extends Error {
  override readonly name = 'ProcessCrashed';
}

/** A gate that crashes its process at a given call, once. */
export function crashingProcess() {
  let next: { at: number; when: CrashPoint['when'] } | undefined;
  let fatalCall: string | undefined;
  const calls: string[] = [];
  const hooks = new Map<string, () => void>();
  const gate: Gate = async (call, effect) => {
    calls.push(call);
    hooks.get(call)?.();
    hooks.delete(call);
    if (call === fatalCall) {
      fatalCall = undefined;
      throw new ProcessCrashed(call);
    }
    if (!next || next.at-- > 0) return effect();
    if (next.when === 'after') effect();
    throw new ProcessCrashed(call);
  };
  return {
    gate,
    /** Every external call; tests may empty it. */
    calls,
    /** Runs a hook before the next call of this name. */
    before: (call: string, hook: () => void) => void hooks.set(call, hook),
    /** Crashes before the next call of this name. */
    crashOnCall(call: string): void {
      fatalCall = call;
    },
    crashOn(crashPoint: CrashPoint | undefined): void {
      next = crashPoint && { ...crashPoint };
    },
  };
}

/** @returns false when the process crashes, or PayPal does not find the order yet */
export async function survives(action: () => Promise<unknown>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (error instanceof ProcessCrashed || error instanceof PayPalUnavailable) return false;
    throw error;
  }
}

/** Every crash point within a number of calls. */
export const crashesWithin = (calls: number): CrashPoint[] =>
  Array.from({ length: calls }, (_, at) => [
    { at, when: 'before' as const },
    { at, when: 'after' as const },
  ]).flat();
