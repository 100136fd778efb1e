import { idempotencyKeys } from '../../../src/shared/http/idempotency-key.ts';
import { logger } from '../../../src/shared/logger.ts';
import { storefrontApi } from '../../../src/storefront-api/api.ts';
import type { Call } from '../api-document.ts';
import { type HttpRequest, httpEvent, invocation } from '../builders/invocation.ts';
import { describedCalls, type ReadResponse, readResponse } from '../described-calls.ts';
import { IdempotencyInMemory } from './idempotency.ts';
import { product, shopInMemory } from './shop.ts';

export type Request = HttpRequest;

// Injected faults would flood the output.
logger.setLogLevel('SILENT');

const READS = /^(products|productsOf|reservation|get[A-Z]?\w*|by[A-Z]\w*)$/;

/** The storefront API over a shop in memory. Every response is validated against the OpenAPI document. */
export function storefrontInMemory(
  products = [product(10), product(1, 'LAST'), { ...product(5, 'YEN'), price: { currency: 'JPY', minor: 500 } }],
) {
  /** Calls of dependencies, such as `sessions.create`. */
  const recorded: string[] = [];
  const faults = new Map<string, Error>();
  const hanging = new Set<string>();
  const shop = shopInMemory({
    products,
    gate: async (call, effect) => {
      recorded.push(call);
      if (hanging.has(call)) await new Promise(() => undefined);
      const fault = faults.get(call) ?? faults.get('*');
      if (fault) throw fault;
      return effect();
    },
  });
  const keys = new IdempotencyInMemory();
  let ulids = 0;
  const clock = { now: new Date('2026-06-01T12:00:00.000Z') };
  const { createOrder, captureOrder, getOrder } = shop.paypal.client;
  const api = storefrontApi({
    stock: shop.stock.repository,
    sessions: shop.sessions.repository,
    payments: shop.payments.repository,
    orders: shop.orders.repository,
    evidenceApplier: shop.evidenceApplier,
    recordRefusal: shop.recordRefusal,
    createOrder,
    captureOrder,
    getOrder,
    once: idempotencyKeys(keys),
    now: () => clock.now,
    dueAfterSeconds: 120,
    ulid: () => `02${(++ulids).toString().padStart(24, '0')}`,
    storefrontOrigin: 'https://shop.example',
    version: '1.2.3',
  });

  /** Sends a request that need not be in the OpenAPI document. */
  const send = async (method: string, path: string, request?: Request): Promise<ReadResponse> =>
    readResponse(await api.resolve(httpEvent(method, path, request), invocation()));
  const call = describedCalls<Request>(send);

  return {
    shop,
    keys,
    clock,
    send,

    /** Calls an operation of the OpenAPI document. @throws Error when the response does not match it. */
    call: (name: Call, request: Request & { readonly id?: string } = {}): Promise<ReadResponse> => call(name, request),

    /** Makes calls of a dependency, such as `payments.get`, throw; `*` means all. */
    fail: (call: string, error: Error) => void faults.set(call, error),

    /** Makes calls of a dependency hang. */
    hang: (call: string) => void hanging.add(call),

    /** Clears the recorded calls. */
    forget: () => void recorded.splice(0),

    /** The recorded calls. */
    calls: (): readonly string[] => recorded,

    /** The recorded calls that may write. */
    changes: () => recorded.filter((call) => !READS.test(call.split('.')[1] ?? '')),
  };
}
export type StorefrontInMemory = ReturnType<typeof storefrontInMemory>;
