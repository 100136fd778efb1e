/** Trouble for the next calls of one kind, as `PUT /_sim/faults` takes it. */
export interface Fault {
  readonly method: string;
  /** A path; `*` stands for one segment. */
  readonly path: string;
  /** How many calls still get it. */
  readonly times: number;
  /** Answer PayPal's error for that status. */
  readonly status?: number | undefined;
  /** Seconds, for the `retry-after` header. */
  readonly retry_after?: number | undefined;
  /** Never answer. */
  readonly timeout?: boolean | undefined;
  /** Break the connection. */
  readonly reset?: boolean | undefined;
  /** Answer 200 with something that is not JSON. */
  readonly malformed?: boolean | undefined;
  /** Wait first; on its own, the call then works. */
  readonly latency_ms?: number | undefined;
  /** Do the work, then let the answer go wrong. */
  readonly after?: boolean | undefined;
}

/** The faults that are still to come. */
export interface Faults {
  list(): readonly Fault[];
  replace(faults: readonly Fault[]): void;
  /** Uses one fault up, if there is one for the call at this stage. */
  take(method: string, path: string, after: boolean): Fault | undefined;
}

/** A simulator's faults: none. */
export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  return {
    list: () => faults,
    replace: (given) => {
      faults = given;
    },
    take(method, path, after) {
      if (path.startsWith('/_sim/')) return undefined;
      const fault = faults.find(
        (one) => one.method === method && matches(one.path, path) && (one.after ?? false) === after,
      );
      if (!fault) return undefined;
      faults = faults
        .map((one) => (one === fault ? { ...one, times: one.times - 1 } : one))
        .filter(({ times }) => times > 0);
      return fault;
    },
  };
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => part === '*' || part === given[index]);
}
