import { parse } from 'yaml';
import openApi from '../docs/openapi.yaml' with { type: 'text' };
import { toResult } from '../src/shared/http/response.ts';

const answer = toResult({ status: 200, body: parse(openApi), headers: { 'cache-control': 'public, max-age=300' } });

/** Serves docs/openapi.yaml as JSON. */
export const handler = async () => answer;
