import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type CrashPoint, ProcessCrashed } from '../in-memory/crashing-process.ts';

/*
 * Crashes real functions at any of their external calls, without their cooperation: every AWS SDK client sends through
 * one method, and PayPal is called by `fetch`.
 */

/** One invocation of a function. */
interface Invocation {
  crashed: boolean;
  readonly inFlight: Set<Promise<unknown>>;
  crash(): void;
}

type Send = (this: object, command: { readonly input: object }, ...rest: unknown[]) => Promise<unknown>;
/** Handles a command instead of AWS. */
export type StandIn = (input: never) => Promise<object>;

/** Never resolves: nothing after a crashed call runs. */
const NEVER = new Promise<never>(() => undefined);

/** In PayPal's paths, only ids begin with a capital letter or a digit. Some ids have no digit at all. */
export const withoutIds = (path: string): string => path.replaceAll(/\/[A-Z0-9][\w-]*/g, '/…');

/**
 * Watches every call to AWS and by `fetch` that is made within `run`. Commands in `standIns`, such as
 * `StartExecutionCommand`, do not reach AWS.
 */
export function watchOutsideCalls(standIns: Readonly<Record<string, StandIn>>) {
  const invocations = new AsyncLocalStorage<Invocation>();
  const calls: string[] = [];
  let crashPoint: CrashPoint | undefined;

  const pass = async <T>(call: string, effect: () => Promise<T>): Promise<T> => {
    const invocation = invocations.getStore();
    if (!invocation) return effect();
    if (invocation.crashed) return NEVER;
    const crashes = crashPoint?.at === calls.length ? crashPoint.when : undefined;
    calls.push(call);
    if (crashes === 'before') {
      invocation.crash();
      return NEVER;
    }
    const result = effect();
    invocation.inFlight.add(result);
    try {
      return await result;
    } finally {
      invocation.inFlight.delete(result);
      if (crashes === 'after') invocation.crash();
      if (invocation.crashed) await NEVER;
    }
  };

  const client = Object.getPrototypeOf(DynamoDBClient.prototype) as { send: Send };
  const { send } = client;
  client.send = function (command, ...rest) {
    const name = command.constructor.name;
    const standIn = standIns[name];
    return pass(name.replace(/Command$/, ''), () =>
      standIn ? standIn(command.input as never) : send.call(this, command, ...rest),
    );
  };
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const { pathname } = new URL(String(input));
    return pass(`${init?.method ?? 'GET'} ${withoutIds(pathname)}`, () => fetch(input, init));
  };

  return {
    /** Every call since `start`, in sequence. */
    calls: calls as readonly string[],

    /** Clears the calls and counts from zero. The invocation that makes the call at the crash point crashes. */
    start(nextCrash?: CrashPoint): void {
      calls.length = 0;
      crashPoint = nextCrash;
    },

    /**
     * Runs one invocation. Calls in flight when it ends or crashes complete before this returns; after a crash, nothing
     * else runs.
     * @throws ProcessCrashed
     */
    async run<T>(invoke: () => Promise<T>): Promise<T> {
      let signalCrash = () => {};
      const crash = new Promise<void>((resolve) => {
        signalCrash = resolve;
      });
      const invocation: Invocation = {
        crashed: false,
        inFlight: new Set(),
        crash() {
          invocation.crashed = true;
          signalCrash();
        },
      };
      try {
        const result = await invocations.run(invocation, () => Promise.race([invoke(), crash]));
        if (!invocation.crashed) return result as T;
      } finally {
        // A call that the invocation did not await must not take effect during the next one, or in the next scenario's
        // tables.
        await Promise.allSettled(invocation.inFlight);
      }
      throw new ProcessCrashed(calls[crashPoint?.at ?? 0]);
    },

    /** Restores the SDK and `fetch`. */
    stop(): void {
      client.send = send;
      globalThis.fetch = fetch;
    },
  };
}
