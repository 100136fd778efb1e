import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { disputesApi } from './api/disputes-api.ts';
import { eventsApi } from './api/events-api.ts';
import { dropResponses, injectFaults } from './api/fault-injection.ts';
import { oauthApi, requireToken } from './api/oauth.ts';
import { ordersApi } from './api/orders-api.ts';
import { paymentsApi } from './api/payments-api.ts';
import { reportingApi } from './api/reporting-api.ts';
import { storeResponses } from './api/request-ids.ts';
import { shapeResponses } from './api/shape-responses.ts';
import { invalidId, webhooksApi } from './api/webhooks-api.ts';
import { deliveryControl } from './control-api/delivery.ts';
import { disputeControl } from './control-api/disputes.ts';
import { ControlError } from './control-api/input.ts';
import { paymentControl } from './control-api/payments.ts';
import { responseControl } from './control-api/responses.ts';
import { stateControl } from './control-api/state.ts';
import { createCertificates } from './delivery/certificates.ts';
import { createDeliverer } from './delivery/deliverer.ts';
import { createSigner } from './delivery/signing.ts';
import type { Env, Simulation } from './delivery/simulation.ts';
import { checkoutPage } from './pages/checkout-page.ts';
import { faultPage } from './pages/fault-page.ts';
import { errorForStatus, PayPalError } from './state/errors.ts';
import { createEvent, isSubscribed } from './state/events.ts';
import { createFaults } from './state/faults.ts';
import { newDebugId } from './state/ids.ts';
import { shapedEvent } from './state/shape.ts';
import { emptyState } from './state/state.ts';
import { createTokens } from './state/tokens.ts';

export interface SimulatorOptions {
  /** @default 0 - a free port */
  readonly port?: number;
  /** Loopback only. */
  readonly host?: '127.0.0.1';
  /** @default sandbox-client */
  readonly clientId?: string;
  /** @default sandbox-secret */
  readonly clientSecret?: string;
  /** Delay after the given delivery attempt. @default - 1 s, 2 s, 4 s … at most 30 s */
  readonly retryDelayMs?: (attempt: number) => number;
  /** Current time for the expiry of orders, tokens and stored request ids. @default - the real time */
  readonly now?: () => Date;
}

/** A running simulator. */
export interface Simulator {
  /** Its origin, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Closes connections and cancels deliveries and retries. */
  stop(): Promise<void>;
}

/**
 * PayPal retries 25 times over 3 days and does not publish its delays. Here the first retry follows after 1 s and all
 * 25 attempts take about ten minutes.
 */
const defaultRetryDelayMs = (attempt: number): number => Math.min(1000 * 2 ** (attempt - 1), 30_000);

/**
 * Starts a PayPal simulator for laptops and tests.
 * @throws Error EADDRINUSE when the port is taken
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { now = () => new Date(), retryDelayMs = defaultRetryDelayMs } = options;
  const certificates = await createCertificates();
  const stopping = new AbortController();

  // The app needs the origin, and so the port: until then, requests get 503.
  let handle: Hono<Env>['fetch'] = () => new Response(null, { status: 503 });
  const server = createAdaptorServer({ fetch: (request, env) => handle(request, env), overrideGlobalObjects: false });
  server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  await once(server, 'listening');

  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = emptyState();
  const signer = createSigner(origin, certificates);
  const deliverer = createDeliverer({ signer, webhooks: state.webhooks, now, retryDelayMs });
  const sim: Simulation = {
    origin,
    clientId: options.clientId ?? 'sandbox-client',
    clientSecret: options.clientSecret ?? 'sandbox-secret',
    now,
    state,
    certificates,
    signer,
    deliverer,
    faults: createFaults(now),
    stopping: stopping.signal,
    announce(draft) {
      const event = shapedEvent(state.shapes, createEvent(origin, now(), draft));
      state.events.set(event.id, event);
      for (const webhook of state.webhooks.values()) if (isSubscribed(webhook, event)) deliverer.send(event, webhook);
      return event;
    },
  };
  handle = createApp(sim).fetch;

  return {
    url: origin,
    async stop() {
      stopping.abort();
      await deliverer.stop();
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * The middleware sequence matters. A response is dropped last, after its request has been processed and stored; a
 * request without a valid token consumes no fault; a repeated request id is resolved before faults apply, so that a
 * repetition gets the stored response, or 409 while a fault delays the first request.
 */
function createApp(sim: Simulation): Hono<Env> {
  const tokens = createTokens(sim.now);
  const app = new Hono<Env>();
  app.onError(errorResponse);
  app.notFound((c) => errorResponse(errorForStatus(404), c));
  app.use('*', setDebugId, dropResponses(sim), shapeResponses(sim));
  app.get('/v1/notifications/certs/:id', injectFaults(sim), (c) => {
    const certificate = Object.values(sim.certificates).find(({ id }) => id === c.req.param('id'));
    if (!certificate) throw invalidId();
    const headers = { 'content-type': 'application/x-pem-file', 'cache-control': 'public,max-age=86400' };
    return c.body(certificate.pem, 200, headers);
  });
  app.use('/v2/*', requireToken(tokens), storeResponses(sim));
  app.use('/v1/notifications/*', requireToken(tokens));
  app.use('/v1/reporting/*', requireToken(tokens));
  app.use('/v1/customer/*', requireToken(tokens));
  app.use('*', injectFaults(sim));
  const routes = [
    oauthApi(sim, tokens),
    ordersApi(sim),
    paymentsApi(sim),
    webhooksApi(sim),
    eventsApi(sim),
    reportingApi(sim),
    disputesApi(sim),
    checkoutPage(sim),
    faultPage(sim),
    paymentControl(sim),
    disputeControl(sim),
    deliveryControl(sim),
    responseControl(sim),
    stateControl(sim, tokens),
  ];
  for (const route of routes) app.route('/', route);
  return app;
}

/** Like PayPal, every response has a correlation id. */
const setDebugId: MiddlewareHandler<Env> = async (c, next) => {
  const debugId = newDebugId();
  c.set('debugId', debugId);
  c.header('paypal-debug-id', debugId);
  await next();
};

function errorResponse(error: Error, c: Context<Env>): Response {
  if (error instanceof ControlError) return c.json({ error: error.message, fields: error.fields }, error.status);
  if (!(error instanceof PayPalError)) console.error(error); // a bug of the simulator
  const { status, body } = error instanceof PayPalError ? error : errorForStatus(500);
  return c.json({ ...body, debug_id: c.get('debugId') }, status);
}
