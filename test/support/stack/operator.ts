import { inject } from 'vitest';
import { logsOf } from './aws.ts';
import { type ApiResponse, shop, until } from './shop.ts';

const { operator } = inject('stack');

export type OperatorResponse = ApiResponse<ReturnType<typeof JSON.parse>>;

/** Signs in as the browser does. */
export const signIn = ({ username, password }: { username: string; password: string }): Promise<OperatorResponse> =>
  shop('POST', '/api/v1/admin/sign-in', { username, password });

let token: Promise<string> | undefined;
const operatorsToken = (): Promise<string> => {
  token ??= signIn(operator).then(({ body }) => body.access_token);
  return token;
};

/** Calls the admin API with a token. */
export const withToken = (
  accessToken: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<OperatorResponse> => shop(method, path, body, { ...headers, authorization: `Bearer ${accessToken}` });

/** Posts to the admin API as the shop's operator. */
export const asOperator = async (
  path: string,
  body: unknown,
  headers?: Record<string, string>,
): Promise<OperatorResponse> => withToken(await operatorsToken(), 'POST', path, body, headers);

/** Gets from the admin API as the shop's operator. */
export const seenByOperator = async (path: string): Promise<OperatorResponse> =>
  withToken(await operatorsToken(), 'GET', path);

/** The copies of an audit entry in the log group, as soon as there is one. */
export const loggedEntries = (target: string): Promise<Record<string, unknown>[]> =>
  until(
    async () =>
      (await logsOf('audit')).filter(({ entry }) => (entry as { target?: string } | undefined)?.target === target),
    (entries) => entries.length > 0,
  );
