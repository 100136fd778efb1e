import type { PauseRepository } from '../../../src/reconciliation/pause-repository.ts';

/** Until when PayPal limits the rate, in memory. */
export function pauseInMemory(until?: Date): PauseRepository {
  let stored = until;
  return {
    get: async () => stored,
    extend: async (later) => {
      if (!stored || stored < later) stored = later;
    },
  };
}
