import { ApiProblem } from '../api/call.ts';
import type { SignInRequest, TotpSetupRequired } from '../api/schema.ts';

/** What the sign-in page asks for. */
export type SignInStep =
  | { readonly name: 'password' | 'new-password' | 'code' }
  | { readonly name: 'totp-setup'; readonly otpauthUrl: string; readonly session: string };

/** Username and password of the next request, and the step whose fields go with them. */
export interface SignInState {
  readonly credentials: Pick<SignInRequest, 'username' | 'password'>;
  readonly step: SignInStep;
}

export const FIRST_STEP: SignInState = { credentials: { username: '', password: '' }, step: { name: 'password' } };

/** The state after a request that failed. A wrong code, and any other problem, keep the step. */
export function stateAfter(state: SignInState, request: SignInRequest, error: unknown): SignInState {
  // Once a further field is required, the new password is the password.
  const credentials = { username: request.username, password: request.new_password ?? request.password };
  if (!(error instanceof ApiProblem)) return state;
  const setup = error.as<TotpSetupRequired>('/problems/totp-setup-required');
  if (setup) {
    return { credentials, step: { name: 'totp-setup', otpauthUrl: setup.otpauth_url, session: setup.session } };
  }
  switch (error.problem.type.split('/').at(-1)) {
    case 'new-password-required':
      return { credentials, step: { name: 'new-password' } };
    case 'code-required':
      return { credentials, step: { name: 'code' } };
    case 'wrong-credentials':
      return { ...FIRST_STEP, credentials: { username: request.username, password: '' } };
    default:
      return state;
  }
}

/** The secret of an `otpauth://` URL in groups of four, to be typed where a QR code cannot be scanned. */
export const typedSecret = (otpauthUrl: string): string =>
  new URL(otpauthUrl).searchParams
    .get('secret')
    ?.match(/.{1,4}/g)
    ?.join(' ') ?? '';
