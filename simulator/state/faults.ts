/** A fault injected into matching requests, as set by `PUT /_sim/faults`. */
export interface Fault {
  readonly method: string;
  /** `*` matches one segment. */
  readonly path: string;
  /** Remaining number of requests. */
  readonly times: number;
  /** Ends the fault this long after it was set, whatever is left of `times`. */
  readonly for_ms?: number | undefined;
  /** Respond with PayPal's error for this status. */
  readonly status?: number | undefined;
  /** Respond with PayPal's error for this issue, which it must list for the operation. */
  readonly issue?: string | undefined;
  /** Value of the `retry-after` header, in seconds. */
  readonly retry_after?: number | undefined;
  /** Never respond. */
  readonly timeout?: boolean | undefined;
  /** Reset the connection. */
  readonly reset?: boolean | undefined;
  /** Respond with 200 and a body that is not JSON. */
  readonly malformed?: boolean | undefined;
  /** Delay the response. Without another effect, the request then succeeds. */
  readonly latency_ms?: number | undefined;
  /** Process the request, then apply the fault to its response. */
  readonly after?: boolean | undefined;
}

/** The remaining faults. */
export interface Faults {
  list(): readonly Fault[];
  replace(faults: readonly Fault[]): void;
  /** Consumes one use of the first fault that matches a request before (or `after`) its processing. */
  take(method: string, path: string, after: boolean): Fault | undefined;
}

export function createFaults(now: () => Date): Faults {
  let faults: readonly Fault[] = [];
  let since = 0;
  const remaining = () => faults.filter(({ for_ms }) => for_ms === undefined || now().getTime() < since + for_ms);
  return {
    list: remaining,
    replace: (newFaults) => {
      faults = newFaults;
      since = now().getTime();
    },
    take(method, path, after) {
      if (path.startsWith('/_sim/')) return undefined;
      const taken = remaining().find(
        (fault) => fault.method === method && matchesPath(fault.path, path) && (fault.after ?? false) === after,
      );
      if (!taken) return undefined;
      faults = faults
        .map((fault) => (fault === taken ? { ...fault, times: fault.times - 1 } : fault))
        .filter(({ times }) => times > 0);
      return taken;
    },
  };
}

/** Whether a path matches a pattern, in which `*` is one segment. */
export function matchesPath(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  // The links of the event list end with a slash.
  const actual = path.replace(/\/$/, '').split('/');
  return expected.length === actual.length && expected.every((part, index) => part === '*' || part === actual[index]);
}
