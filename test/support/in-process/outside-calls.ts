import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Crash, ProcessCrashed } from '../in-memory/crashing-process.ts';

/*
 * Real functions in this process, each run of which can die over any of its calls to the outside. Nothing in them knows of it: every
 * client of the AWS SDK sends through one method, and PayPal is reached by `fetch`.
 */

/** One run of a function. */
interface Life {
  dead: boolean;
  readonly underWay: Set<Promise<unknown>>;
  die(): void;
}

type Send = (this: object, command: { readonly input: object }, ...rest: unknown[]) => Promise<unknown>;
/** Answers a command in the place of AWS. */
export type StandIn = (input: never) => Promise<object>;

/** Never comes back: for whoever is dead there is no afterwards. */
const NEVER = new Promise<never>(() => undefined);

/** PayPal's ids begin with a capital letter or a digit, the words of its paths never do; an id may have no digit at all. */
export const withoutIds = (path: string): string => path.replaceAll(/\/[A-Z0-9][\w-]*/g, '/…');

/**
 * Watches every call to AWS and by `fetch` that is made within `live`, from now on. Commands that `standIns` have by their name, such as
 * `StartExecutionCommand`, are answered there.
 */
export function watchOutsideCalls(standIns: Readonly<Record<string, StandIn>>) {
  const lives = new AsyncLocalStorage<Life>();
  const calls: string[] = [];
  let doom: Crash | undefined;

  const pass = async <T>(call: string, effect: () => Promise<T>): Promise<T> => {
    const life = lives.getStore();
    if (!life) return effect();
    if (life.dead) return NEVER;
    const fatal = doom?.at === calls.length ? doom.when : undefined;
    calls.push(call);
    if (fatal === 'before') {
      life.die();
      return NEVER;
    }
    const work = effect();
    life.underWay.add(work);
    try {
      return await work;
    } finally {
      life.underWay.delete(work);
      if (fatal === 'after') life.die();
      if (life.dead) await NEVER;
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
    /** Every call since `begin`, in order. */
    calls: calls as readonly string[],

    /** Counts anew from here; whoever makes the call of that number will die over it. */
    begin(death?: Crash): void {
      calls.length = 0;
      doom = death;
    },

    /**
     * Runs a function once. All that it has under way when it ends or dies takes effect before this returns; of a dead one, nothing follows.
     * @throws ProcessCrashed
     */
    async live<T>(work: () => Promise<T>): Promise<T> {
      let die = () => {};
      const death = new Promise<void>((resolve) => {
        die = resolve;
      });
      const life: Life = {
        dead: false,
        underWay: new Set(),
        die() {
          life.dead = true;
          die();
        },
      };
      try {
        const result = await lives.run(life, () => Promise.race([work(), death]));
        if (!life.dead) return result as T;
      } finally {
        // A call that the run did not wait for must not take effect during the next run, or in the next story's tables.
        await Promise.allSettled(life.underWay);
      }
      throw new ProcessCrashed(calls[doom?.at ?? 0]);
    },

    /** Ends the watch. */
    end(): void {
      client.send = send;
      globalThis.fetch = fetch;
    },
  };
}
