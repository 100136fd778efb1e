const HEALTH = ['ok', 'attention', 'failing'] as const;
export type Health = (typeof HEALTH)[number];

/** `attention`: works, but an operator should act. `failing`: the shop does not work. */
export interface Observation {
  readonly status: Health;
  /** Shown to operators. */
  readonly detail: string;
  /** The products whose stock is held without payment. */
  readonly held?: readonly { readonly sku: string; readonly quantity: number }[];
}

export interface Check {
  readonly name: string;
  /** What it throws counts as `failing`. */
  readonly run: () => Promise<Observation>;
}

export interface HealthLine extends Observation {
  readonly name: string;
  readonly took_ms: number;
}

/** Per check. */
const TIMEOUT_MS = 2000;

/** Runs all checks concurrently. One that throws or times out fails alone. */
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
    timer = setTimeout(() => resolve({ status: 'failing', detail: `timed out after ${timeoutMs} ms` }), timeoutMs);
  });
  // Only the name: a message may contain personal data.
  const observed = await Promise.race([
    run().catch(
      (error: unknown): Observation => ({
        status: 'failing',
        detail: error instanceof Error ? error.name : 'failed',
      }),
    ),
    timedOut,
  ]);
  clearTimeout(timer);
  return { name, ...observed, took_ms: Math.round(performance.now() - startedAt) };
}
