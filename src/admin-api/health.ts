/** How well something is. */
const HEALTH = ['ok', 'attention', 'failing'] as const;
/** How well something is. */
export type Health = (typeof HEALTH)[number];

/** What was seen of one thing. `attention`: it works, but somebody should look. `failing`: the shop cannot do its work without it. */
export interface Observation {
  readonly status: Health;
  /** In words. */
  readonly detail: string;
}

/** One thing that the shop needs. */
export interface Check {
  readonly name: string;
  /** Looks at it now; what it throws means that it fails. */
  readonly run: () => Promise<Observation>;
}

/** One line of the answer. */
export interface HealthLine extends Observation {
  readonly name: string;
  readonly took_ms: number;
}

/** Longer than this, nobody waits for one of them. */
const TIMEOUT_MS = 2000;

/** Looks at everything at once. What hangs or fails costs its own line and no other. */
export async function health(
  checks: readonly Check[],
  timeoutMs = TIMEOUT_MS,
): Promise<{ status: Health; checks: HealthLine[] }> {
  const lines = await Promise.all(checks.map((check) => lineOf(check, timeoutMs)));
  const worst = Math.max(...lines.map(({ status }) => HEALTH.indexOf(status)));
  return { status: HEALTH[worst] ?? 'ok', checks: lines };
}

async function lineOf({ name, run }: Check, timeoutMs: number): Promise<HealthLine> {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const timedOut = new Promise<Observation>((resolve) => {
    timer = setTimeout(() => resolve({ status: 'failing', detail: `no answer within ${timeoutMs} ms` }), timeoutMs);
  });
  // The name alone: a message may quote what nobody needs to see.
  const observed = await Promise.race([
    run().catch(
      (error: unknown): Observation => ({
        status: 'failing',
        detail: error instanceof Error ? error.name : 'it failed',
      }),
    ),
    timedOut,
  ]);
  clearTimeout(timer);
  return { name, ...observed, took_ms: Math.round(performance.now() - startedAt) };
}
