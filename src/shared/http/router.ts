import { ParameterValidationError, Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../logger.ts';
import { toProblem } from './error-to-problem.ts';
import type { idempotencyKeys } from './idempotency-key.ts';
import { Problem } from './problem.ts';
import { bytesOf } from './request.ts';
import { type HttpResponse, problemResponse, toResult } from './response.ts';

/** Part of stored idempotency keys, so an id never changes. */
interface Identified {
  readonly id: string;
}

export interface Call<Caller = Identified> {
  readonly event: APIGatewayProxyEventV2;
  /** Path parameters, by the `:names` of the route. */
  readonly params: Readonly<Record<string, string>>;
  /** As returned by the route's authorizer. */
  readonly caller: Caller;
}

type Handler<Caller> = (call: Call<Caller>) => Promise<HttpResponse>;
type Path = `/${string}`;
type Method = 'DELETE' | 'GET' | 'POST';

/** Routes of one function. Errors of a route become problem responses. */
export interface Api<Caller = Identified> {
  get(path: Path, handle: Handler<Caller>): void;
  /** Idempotent for calls with an `Idempotency-Key`. */
  post(path: Path, handle: Handler<Caller>): void;
  delete(path: Path, handle: Handler<Caller>): void;
  resolve(event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2>;
}

export interface ApiOptions<Caller> {
  readonly once: ReturnType<typeof idempotencyKeys>;
  /**
   * The authorizer of a route, such as `GET /api/v1/admin/audit`: returns the caller, or throws. It runs first, before a
   * stored response is returned. Throws for a route that must not exist.
   */
  readonly authorizerOf: (route: string) => (event: APIGatewayProxyEventV2) => Promise<Caller>;
  /** Routes that other functions serve. This one receives their paths with any other method, and returns 405. */
  readonly otherFunctionsRoutes?: readonly (readonly [method: Method, path: Path])[];
}

const PUBLIC_CALLER: Identified = { id: 'anybody' };

/** An API that anyone may call. */
export const createPublicApi = (options: Omit<ApiOptions<Identified>, 'authorizerOf'>): Api =>
  createApi({ ...options, authorizerOf: () => async () => PUBLIC_CALLER });

export function createApi<Caller extends Identified>({
  once,
  authorizerOf,
  otherFunctionsRoutes = [],
}: ApiOptions<Caller>): Api<Caller> {
  const router = new Router({ logger });
  const routes = [...otherFunctionsRoutes];

  const reject = async (problem: Problem) => toResult(problemResponse(problem));
  const notFound = () => reject(new Problem('not-found', SEE_DOCUMENT));
  router.errorHandler(Error, (error) => reject(toProblem(error)));
  // A path parameter that is blank or cannot be decoded.
  router.errorHandler([URIError, ParameterValidationError], notFound);
  const unrouted = async ({ rawPath }: APIGatewayProxyEventV2) => {
    const matching = routes.filter(([, path]) => matchesPath(path, rawPath));
    // A literal path, such as `…/replay`, takes precedence over an id.
    const exact = matching.filter(([, path]) => path === rawPath);
    const methods = (exact.length > 0 ? exact : matching).map(([method]) => method);
    if (methods.length === 0) return notFound();
    const { headers, ...response } = problemResponse(new Problem('method-not-allowed', SEE_DOCUMENT));
    return toResult({ ...response, headers: { ...headers, allow: methods.join(', ') } });
  };
  router.notFound((_, { event }) => unrouted(event as APIGatewayProxyEventV2));

  const authorizerOfRoute = (method: Method, path: Path) => {
    routes.push([method, path]);
    return authorizerOf(`${method} ${path}`);
  };
  return {
    get(path, handle) {
      const authorize = authorizerOfRoute('GET', path);
      router.get(path, async ({ event: routed, params }) => {
        const { event } = routed as RoutedEvent;
        return toResult(await handle({ event, params, caller: await authorize(event) }));
      });
    },
    delete(path, handle) {
      const authorize = authorizerOfRoute('DELETE', path);
      router.delete(path, async ({ event: routed, params }) => {
        const { event } = routed as RoutedEvent;
        const { body, ...result } = toResult(await handle({ event, params, caller: await authorize(event) }));
        // The router rejects an empty text with 204.
        return body === '' ? result : { ...result, body };
      });
    },
    post(path, handle) {
      const authorize = authorizerOfRoute('POST', path);
      router.post(path, async ({ event: routed, context, params }) => {
        const { event } = routed as RoutedEvent;
        const caller = await authorize(event);
        const request = {
          key: event.headers['idempotency-key'],
          operation: `${caller.id} POST ${event.rawPath}`,
          body: bytesOf(event).toString('utf8'),
          context,
        };
        return toResult(await once(request, () => handle({ event, params, caller })));
      });
    },
    resolve: async (event, context) =>
      METHODS.has(event.requestContext.http.method) ? router.resolve(routedEvent(event), context) : unrouted(event),
  };
}

/** The router throws for any other method, such as TRACE. */
const METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

const SEE_DOCUMENT = 'see /api/v1/openapi.json';

/** @param route such as `/api/v1/orders/:id` */
function matchesPath(route: string, path: string): boolean {
  const parts = path.split('/');
  const pattern = route.split('/');
  return (
    pattern.length === parts.length &&
    pattern.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
  );
}

interface RoutedEvent extends APIGatewayProxyEventV2 {
  readonly event: APIGatewayProxyEventV2;
}

/**
 * The event with method and path only. The router builds a web `Request` and throws for what that cannot have, such as
 * a header with other than Latin-1 characters, or a body with GET.
 */
function routedEvent(event: APIGatewayProxyEventV2): RoutedEvent {
  const { version, routeKey, rawPath, requestContext } = event;
  return { version, routeKey, rawPath, rawQueryString: '', headers: {}, requestContext, isBase64Encoded: false, event };
}
