import { createHash, timingSafeEqual } from 'node:crypto';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { Problem } from './problem.ts';
import { type HttpResult, problemResponse, toResult } from './response.ts';

/** The header in which CloudFront sends the origin secret. It overwrites a header of the viewer. */
export const ORIGIN_SECRET_HEADER = 'x-origin-secret';

/** In place of hashes: accepts every request, with or without the header. */
export const ANY_ORIGIN = 'any';

export const originSecretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/**
 * Handles requests that come through CloudFront, and refuses others before anything else is read.
 * @param accepted comma-separated `originSecretHash` of each accepted secret, or ANY_ORIGIN
 * @throws Error for anything else: the deployment is wrong.
 */
export function behindFrontDoor<Result>(
  accepted: string,
  handle: (event: APIGatewayProxyEventV2, context: Context) => Promise<Result>,
): (event: APIGatewayProxyEventV2, context: Context) => Promise<Result | HttpResult> {
  if (accepted === ANY_ORIGIN) return handle;
  const hashes = accepted.split(',');
  if (!hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))) throw new Error('invalid hashes of the origin secret');

  return async (event, context) => {
    const hash = Buffer.from(originSecretHash(event.headers[ORIGIN_SECRET_HEADER] ?? ''));
    if (hashes.some((each) => timingSafeEqual(Buffer.from(each), hash))) return handle(event, context);
    return toResult(problemResponse(new Problem('not-through-front-door', 'use the URL of the shop')));
  };
}
