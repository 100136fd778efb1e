import { ParameterValidationError, Router } from '@aws-lambda-powertools/event-handler/http';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { logger } from '../logger.ts';
import { toProblem } from './error-to-problem.ts';
import type { idempotencyKeys } from './idempotency-key.ts';
import { Problem } from './problem.ts';
import { bytesOf } from './request.ts';
import { type HttpResponse, problemResponse, toResult } from './response.ts';

/** One call of a route. */
export interface Call {
  readonly event: APIGatewayProxyEventV2;
  /** What stands in the path where the route has `:names`. */
  readonly params: Readonly<Record<string, string>>;
  /** Who `authorize` says is calling. */
  readonly caller: string;
}

type Work = (call: Call) => Promise<HttpResponse>;
type Path = `/${string}`;

/** Routes of one function. What a route throws becomes a problem. */
export interface Api {
  get(path: Path, work: Work): void;
  /** A call that carries an `Idempotency-Key` is done once. */
  post(path: Path, work: Work): void;
  /** Answers one call. */
  resolve(event: APIGatewayProxyEventV2, context: Context): Promise<APIGatewayProxyStructuredResultV2>;
}

/** What an API is made of. */
export interface ApiOptions {
  readonly once: ReturnType<typeof idempotencyKeys>;
  /**
   * Says who is calling, before anything is looked at, a kept answer included; throws where nobody may.
   * @default - anybody may
   */
  readonly authorize?: (event: APIGatewayProxyEventV2) => string;
  /** What other functions answer beside this one, which is asked about it only when the method is another. */
  readonly answeredElsewhere?: readonly (readonly [method: 'GET' | 'POST', path: Path])[];
}

/** Makes an API without routes yet. */
export function createApi({ once, authorize = () => 'anybody', answeredElsewhere = [] }: ApiOptions): Api {
  const router = new Router({ logger });
  const routes = [...answeredElsewhere];

  const refuse = async (problem: Problem) => toResult(problemResponse(problem));
  const nothingHere = () => refuse(new Problem('not-found', SEE));
  router.errorHandler(Error, (error) => refuse(toProblem(error)));
  // An id in a path that cannot be decoded, or is blank.
  router.errorHandler([URIError, ParameterValidationError], nothingHere);
  const noSuchRoute = async ({ rawPath }: APIGatewayProxyEventV2) => {
    const fitting = routes.filter(([, path]) => isPathLike(path, rawPath));
    // A path of its own, such as `…/replay`, is no id.
    const exact = fitting.filter(([, path]) => path === rawPath);
    const methods = (exact.length > 0 ? exact : fitting).map(([method]) => method);
    if (methods.length === 0) return nothingHere();
    const { headers, ...answer } = problemResponse(new Problem('method-not-allowed', SEE));
    return toResult({ ...answer, headers: { ...headers, allow: methods.join(', ') } });
  };
  router.notFound((_, { event }) => noSuchRoute(event as APIGatewayProxyEventV2));

  return {
    get(path, work) {
      routes.push(['GET', path]);
      router.get(path, async ({ event: anyEvent, params }) => {
        const event = anyEvent as APIGatewayProxyEventV2;
        return toResult(await work({ event, params, caller: authorize(event) }));
      });
    },
    post(path, work) {
      routes.push(['POST', path]);
      router.post(path, async ({ event: anyEvent, context, params }) => {
        const event = anyEvent as APIGatewayProxyEventV2;
        const caller = authorize(event);
        const request = {
          key: event.headers['idempotency-key'],
          operation: `${caller} POST ${event.rawPath}`,
          body: bytesOf(event).toString('utf8'),
          context,
        };
        return toResult(await once(request, () => work({ event, params, caller })));
      });
    },
    resolve: async (event, context) =>
      METHODS.has(event.requestContext.http.method)
        ? router.resolve(withoutIdleBody(event), context)
        : noSuchRoute(event),
  };
}

/** The methods that the router can be asked about: with any other, such as TRACE, it fails. */
const METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

const SEE = 'see /api/v1/openapi.json for what there is';

/** Whether a path is one of those that a route such as `/api/v1/orders/:id` takes. */
function isPathLike(route: string, path: string): boolean {
  const parts = path.split('/');
  const wanted = route.split('/');
  return (
    wanted.length === parts.length &&
    wanted.every((part, i) => (part.startsWith(':') ? parts[i] !== '' : part === parts[i]))
  );
}

/** The router makes a web `Request` of the event, which cannot be made of a GET or HEAD with a body. */
function withoutIdleBody(event: APIGatewayProxyEventV2): APIGatewayProxyEventV2 {
  const { body, ...rest } = event;
  const { method } = event.requestContext.http;
  return body !== undefined && (method === 'GET' || method === 'HEAD') ? rest : event;
}
