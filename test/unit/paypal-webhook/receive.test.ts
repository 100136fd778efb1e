import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { describe, expect, it, vi } from 'vitest';
import type { EventRepository } from '../../../src/paypal-webhook/event-repository.ts';
import type { EventResult } from '../../../src/paypal-webhook/process-event.ts';
import { type ReceiveDeps, receive } from '../../../src/paypal-webhook/receive.ts';
import { SIGNATURE_HEADERS, type VerificationResult } from '../../../src/paypal-webhook/verify-signature.ts';
import { Problem } from '../../../src/shared/http/problem.ts';
import { problemResponse, toResult } from '../../../src/shared/http/response.ts';
import { problemsOf, responseErrors } from '../../support/api-document.ts';
import { invocation } from '../../support/builders/invocation.ts';
import { IdempotencyInMemory } from '../../support/in-memory/idempotency.ts';
import { onePurchase } from '../../support/in-memory/one-purchase.ts';
import { eventsInMemory, openGate } from '../../support/in-memory/tables.ts';

const WEBHOOK = 'POST /webhooks/paypal';
const NOW = new Date('2026-06-01T12:00:00.000Z');
const EVENT = { id: 'WH-1', event_type: 'PAYMENT.CAPTURE.COMPLETED', resource: { id: 'CAPTURE1' } };
const PAYMENT = `pay_${'0'.repeat(26)}` as const;
const ACCEPTED: EventResult = { status: 'accepted', payment_id: PAYMENT, moved: true };
const HEADERS = Object.fromEntries(SIGNATURE_HEADERS.map((name) => [name, `the ${name}`]));
const TEXT = `{ "id": "WH-1",  "event_type": "PAYMENT.CAPTURE.COMPLETED", "resource": { "id": "CAPTURE1", "note": "ü" } }\n`;

const deliveryOf = (body: unknown, headers: Record<string, string | undefined> = HEADERS) => ({
  headers,
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

/** Dependencies of `receive` that succeed, and what they stored. */
function inbox() {
  const stored: Parameters<EventRepository['receive']>[0][] = [];
  const finished: unknown[][] = [];
  const persistenceStore = new IdempotencyInMemory();
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'id', throwOnNoIdempotencyKey: true });
  config.registerLambdaContext(invocation());
  const deps = {
    now: () => NOW,
    verify: vi.fn(async (): Promise<VerificationResult> => ({ genuine: true })),
    events: {
      receive: vi.fn(async (event: (typeof stored)[number]) => void stored.push(event)),
      finish: vi.fn(async (...about: unknown[]) => void finished.push(about)),
    },
    processEvent: vi.fn(async (): Promise<EventResult> => ACCEPTED),
    once: (event, work) =>
      makeIdempotent((_: { id: string }): Promise<EventResult> => work(), { persistenceStore, config })({
        id: event.id,
      }),
  } satisfies ReceiveDeps;
  return { deps, stored, finished };
}

/** The problem response to a rejected delivery, validated by docs/openapi.yaml. */
async function problemFor(deps: ReceiveDeps, delivery: Parameters<typeof receive>[1]) {
  const problem = await receive(deps, delivery).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(problem instanceof Problem)) throw new Error('not rejected', { cause: problem });
  const response = toResult(problemResponse(problem));
  expect(responseErrors(WEBHOOK, response)).toEqual([]);
  return { status: response.statusCode, ...JSON.parse(response.body) };
}

/** Receives, stores and processes an event as the function does, over a shop in memory. */
async function receiveInShop(body: unknown) {
  const { shop } = await onePurchase();
  const events = eventsInMemory(openGate);
  const { deps } = inbox();
  const result = await receive({ ...deps, events: events.repository, processEvent: shop.deliver }, deliveryOf(body));
  return { ...result, rows: [...events.rows.values()] };
}

function expectNothingStored({ deps }: ReturnType<typeof inbox>) {
  expect(deps.events.receive).not.toHaveBeenCalled();
  expect(deps.events.finish).not.toHaveBeenCalled();
  expect(deps.processEvent).not.toHaveBeenCalled();
}

describe('receive with a genuine event', () => {
  it('stores the raw body', async () => {
    const { deps, stored } = inbox();

    await receive(deps, deliveryOf(TEXT));

    expect(stored).toEqual([
      {
        id: 'WH-1',
        eventType: 'PAYMENT.CAPTURE.COMPLETED',
        transmissionId: 'the paypal-transmission-id',
        body: TEXT,
        now: NOW,
      },
    ]);
  });

  it('verifies the raw bytes', async () => {
    const { deps } = inbox();
    const delivery = deliveryOf(TEXT);

    await receive(deps, delivery);

    expect(deps.verify).toHaveBeenCalledExactlyOnceWith(delivery);
  });

  it.each<EventResult>([
    ACCEPTED,
    { status: 'ignored' },
    { status: 'parked', reason: 'unknown_payment' },
    { status: 'parked', reason: 'malformed' },
    { status: 'parked', reason: 'other_order', payment_id: PAYMENT },
  ])('returns and writes the outcome %o', async (outcome) => {
    const { deps, finished } = inbox();
    deps.processEvent.mockResolvedValue(outcome);

    const { receipt } = await receive(deps, deliveryOf(EVENT));

    expect(receipt).toEqual(outcome);
    expect(finished).toEqual([['WH-1', outcome, NOW]]);
    const body = JSON.stringify({ status: receipt.status });
    expect(responseErrors(WEBHOOK, { statusCode: 200, headers: { 'content-type': 'application/json' }, body })).toEqual(
      [],
    );
  });

  it('processes and stores it in parallel', async () => {
    const { deps } = inbox();
    const order: string[] = [];
    deps.events.receive.mockImplementation(async () => {
      await vi.waitFor(() => expect(order).toEqual(['processed']), { interval: 1 });
      order.push('stored');
    });
    deps.processEvent.mockImplementation(async () => {
      order.push('processed');
      return ACCEPTED;
    });
    deps.events.finish.mockImplementation(async () => void order.push('finished'));

    await receive(deps, deliveryOf(EVENT));

    expect(order).toEqual(['processed', 'stored', 'finished']);
  });
});

describe('receive with a redelivered event', () => {
  it('records the delivery and returns `duplicate` without processing', async () => {
    const { deps, stored, finished } = inbox();
    await receive(deps, deliveryOf(EVENT));

    const { receipt } = await receive(deps, deliveryOf(EVENT, { ...HEADERS, 'paypal-transmission-id': 'second' }));

    expect(receipt).toEqual({ status: 'duplicate' });
    expect(stored.map(({ transmissionId }) => transmissionId)).toEqual(['the paypal-transmission-id', 'second']);
    expect(deps.processEvent).toHaveBeenCalledOnce();
    expect(finished).toHaveLength(1);
  });

  it('throws while the first delivery is processed', async () => {
    const { deps } = inbox();
    deps.processEvent.mockReturnValue(new Promise(() => undefined));
    void receive(deps, deliveryOf(EVENT));
    await vi.waitFor(() => expect(deps.processEvent).toHaveBeenCalled());

    await expect(receive(deps, deliveryOf(EVENT))).rejects.not.toBeInstanceOf(Problem);
    expect(deps.processEvent).toHaveBeenCalledOnce();
  });

  it('rejects it when it is not genuine', async () => {
    const { deps } = inbox();
    await receive(deps, deliveryOf(EVENT));
    deps.verify.mockResolvedValue({ genuine: false, reason: 'signature' });

    expect(await problemFor(deps, deliveryOf(EVENT))).toMatchObject({ status: 401 });
  });
});

describe('receive with a genuine event of an odd form', () => {
  const ID = 'WH-1';

  it.each<[string, object]>([
    ['an unknown type without resource', { id: ID, event_type: 'NOTHING.KNOWN', event_version: '1.0' }],
    ['a lower-case type', { ...EVENT, event_type: 'payment.capture.completed' }],
    ['a type with spaces', { ...EVENT, event_type: 'Payment Capture Completed' }],
    ['no type', { id: ID, resource: {} }],
    ['null as type', { id: ID, event_type: null, resource: {} }],
    ['a number as type', { id: ID, event_type: 5, resource: {} }],
    ['an endless type', { id: ID, event_type: 'X'.repeat(5000), resource: {} }],
    ['nothing but an id', { id: ID }],
  ])('stores and ignores one with %s', async (_, body) => {
    const { receipt, rows } = await receiveInShop(body);

    expect(receipt).toEqual({ status: 'ignored' });
    expect(rows).toMatchObject([{ event_id: ID, status: 'ignored', body: JSON.stringify(body) }]);
  });

  it.each<[string, object]>([
    ['no resource', { resource: undefined }],
    ['null as resource', { resource: null }],
    ['a list as resource', { resource: [{ id: 'CAPTURE1' }] }],
    ['a text as resource', { resource: 'CAPTURE1' }],
    ['an empty resource', { resource: {} }],
    ['null as time', { resource: {}, create_time: null }],
  ])('stores and parks one with %s', async (_, change) => {
    const body = { ...EVENT, ...change };

    const { receipt, rows } = await receiveInShop(body);

    expect(receipt).toEqual({ status: 'parked', reason: 'malformed' });
    expect(rows).toMatchObject([{ event_id: ID, status: 'parked', body: JSON.stringify(body) }]);
  });

  it.each(['WH_1', 'evt_1A.b~c', 'wh-1', 'WH/1', '../x', 'WH 1?a#b', 'Ω', 'W'.repeat(128), '😀'.repeat(128)])(
    'stores one with the id %s',
    async (id) => {
      const { receipt, rows } = await receiveInShop({ ...EVENT, id, event_type: 'NOTHING.KNOWN' });

      expect(receipt).toEqual({ status: 'ignored' });
      expect(rows).toMatchObject([{ event_id: id, status: 'ignored' }]);
    },
  );
});

describe('receive: transient errors', () => {
  it('throws when the certificate is unavailable', async () => {
    const all = inbox();
    all.deps.verify.mockRejectedValue(new TypeError('fetch failed'));

    await expect(receive(all.deps, deliveryOf(EVENT))).rejects.toThrow('fetch failed');
    expectNothingStored(all);
  });

  it('throws when the event cannot be stored, and leaves it unfinished', async () => {
    const { deps, finished } = inbox();
    deps.events.receive.mockRejectedValue(new Error('no table'));

    await expect(receive(deps, deliveryOf(EVENT))).rejects.toThrow('no table');
    expect(finished).toEqual([]);
  });

  it('throws when the delivery of a duplicate cannot be stored', async () => {
    const { deps } = inbox();
    await receive(deps, deliveryOf(EVENT));
    deps.events.receive.mockRejectedValue(new Error('no table'));

    await expect(receive(deps, deliveryOf(EVENT))).rejects.toThrow('no table');
  });

  it('throws when processing fails, and processes the redelivery', async () => {
    const { deps, stored, finished } = inbox();
    deps.processEvent.mockRejectedValueOnce(new Error('no PayPal'));

    await expect(receive(deps, deliveryOf(EVENT))).rejects.toThrow('no PayPal');
    expect(stored).toHaveLength(1);
    expect(finished).toEqual([]);

    expect((await receive(deps, deliveryOf(EVENT))).receipt).toEqual(ACCEPTED);
    expect(finished).toHaveLength(1);
  });

  it('throws when the outcome cannot be written', async () => {
    const { deps } = inbox();
    deps.events.finish.mockRejectedValue(new Error('no table'));

    await expect(receive(deps, deliveryOf(EVENT))).rejects.toThrow('no table');
  });

  it('throws one error when two operations fail', async () => {
    const { deps } = inbox();
    deps.events.receive.mockRejectedValue(new Error('no table'));
    deps.processEvent.mockRejectedValue(new Error('no PayPal'));

    await expect(receive(deps, deliveryOf(EVENT))).rejects.toThrow('no ');
  });
});

describe('receive: invalid deliveries', () => {
  it.each<Extract<VerificationResult, { genuine: false }>['reason']>([
    'algorithm',
    'certificate-url',
    'certificate-unknown',
    'certificate-name',
    'certificate-validity',
    'certificate-key',
    'signature',
    'too-old',
  ])('rejects a delivery with a bad %s and stores nothing', async (reason) => {
    const all = inbox();
    all.deps.verify.mockResolvedValue({ genuine: false, reason });

    expect(await problemFor(all.deps, deliveryOf(EVENT))).toMatchObject({
      status: 401,
      type: '/problems/bad-signature',
      reason,
    });
    expectNothingStored(all);
  });

  it.each(
    SIGNATURE_HEADERS.flatMap((name) => [
      [name, undefined],
      [name, ''],
    ]),
  )('rejects a delivery whose %s is %o and stores nothing', async (name, value) => {
    const all = inbox();

    expect(await problemFor(all.deps, deliveryOf(EVENT, { ...HEADERS, [String(name)]: value }))).toMatchObject({
      status: 400,
      type: '/problems/invalid-request',
      errors: [{ field: name, detail: 'missing' }],
    });
    expect(all.deps.verify).not.toHaveBeenCalled();
    expectNothingStored(all);
  });

  it('lists all signature headers when a delivery has none', async () => {
    const { errors } = await problemFor(inbox().deps, deliveryOf(EVENT, {}));

    expect(errors.map(({ field }: { field: string }) => field)).toEqual([...SIGNATURE_HEADERS]);
  });

  it.each([
    ['no bytes', '', ''],
    ['truncated JSON', '{"id":"WH-1",', ''],
    ['form data', 'id=WH-1', ''],
    ['null', 'null', ''],
    ['a list', [EVENT], ''],
    ['no id', { ...EVENT, id: undefined }, 'id'],
    ['an empty id', { ...EVENT, id: '' }, 'id'],
    ['a number as id', { ...EVENT, id: 1 }, 'id'],
    ['null as id', { ...EVENT, id: null }, 'id'],
    ['an id of 129 characters', { ...EVENT, id: 'W'.repeat(129) }, 'id'],
    ['half of a surrogate pair in its id', { ...EVENT, id: 'WH-\ud83d' }, 'id'],
  ])('rejects a body with %s and stores nothing', async (_, body, field) => {
    const all = inbox();

    const rejection = await problemFor(all.deps, deliveryOf(body));

    expect(rejection).toMatchObject({ status: 400, type: '/problems/invalid-request' });
    expect(rejection.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    expect(all.deps.verify).not.toHaveBeenCalled();
    expectNothingStored(all);
  });

  it('rejects a body of more than 256 KiB', async () => {
    const all = inbox();

    expect(await problemFor(all.deps, deliveryOf(' '.repeat(256 * 1024 + 1), {}))).toMatchObject({
      status: 413,
      type: '/problems/body-too-large',
    });
    expect(all.deps.verify).not.toHaveBeenCalled();
    expectNothingStored(all);
  });
});

it('receive accepts a body of 256 KiB', async () => {
  const { deps } = inbox();

  const { receipt } = await receive(deps, deliveryOf(JSON.stringify(EVENT).padEnd(256 * 1024)));

  expect(receipt).toEqual(ACCEPTED);
});

it('docs/openapi.yaml lists the problems of the webhook', () => {
  expect(problemsOf(WEBHOOK)).toEqual([
    '400 invalid-request',
    '401 bad-signature',
    '413 body-too-large',
    '503 try-again',
  ]);
});
