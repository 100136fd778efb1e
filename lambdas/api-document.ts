import { requireEnv } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { toResult } from '../src/shared/http/response.ts';

const response = toResult({
  status: 200,
  body: JSON.parse(OPENAPI_JSON),
  headers: { 'cache-control': 'public, max-age=300' },
});

/** Serves docs/openapi.yaml as JSON. */
export const handler = behindFrontDoor(requireEnv('ORIGIN_SECRET_HASHES'), async () => response);
