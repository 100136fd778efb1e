import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Problem } from '../shared/http/problem.ts';

/** A request without these headers is not from a page of another site: every browser sends `Origin` with a POST. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);

/** @throws Problem `foreign-origin` for a request that a page of another origin sends. */
export function requireOwnOrigin(
  { headers: { origin, 'sec-fetch-site': site } }: Pick<APIGatewayProxyEventV2, 'headers'>,
  ownOrigin: string,
): void {
  if ((origin !== undefined && origin !== ownOrigin) || (site !== undefined && !OWN_SITES.has(site)))
    throw new Problem('foreign-origin', `use the admin console at ${ownOrigin}/admin`);
}
