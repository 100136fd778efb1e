import { describe, expect, it } from 'vitest';
import { FIRST_STEP, type SignInState, stateAfter, typedSecret } from '../../../../web/admin/sign-in-steps.ts';
import { ApiProblem } from '../../../../web/api/call.ts';

const problem = (slug: string, fields: object = {}) =>
  new ApiProblem({ type: `/problems/${slug}`, title: '', status: 401, detail: '', ...fields });

const request = { username: 'ada', password: 'temporary' };
const changed = { ...request, new_password: 'chosen' };
const setup = { otpauth_url: 'otpauth://totp/shop:ada?secret=JBSWY3DPEHPK3PXP&issuer=shop', session: 'session' };
const code: SignInState = { credentials: request, step: { name: 'code' } };

describe('stateAfter', () => {
  it('keeps username and password for a new password', () => {
    expect(stateAfter(FIRST_STEP, request, problem('new-password-required'))).toEqual({
      credentials: request,
      step: { name: 'new-password' },
    });
  });

  it('goes on with the new password, once a code or an app is required', () => {
    const credentials = { username: 'ada', password: 'chosen' };

    expect(stateAfter(FIRST_STEP, changed, problem('code-required'))).toEqual({ credentials, step: { name: 'code' } });
    expect(stateAfter(FIRST_STEP, changed, problem('totp-setup-required', setup))).toEqual({
      credentials,
      step: { name: 'totp-setup', otpauthUrl: setup.otpauth_url, session: 'session' },
    });
  });

  it.each(['wrong-code', 'invalid-request', 'try-again'])('keeps the step for %s', (slug) => {
    expect(stateAfter(code, { ...request, code: '123456' }, problem(slug))).toBe(code);
  });

  it('keeps the step when the API cannot be reached', () => {
    expect(stateAfter(code, request, new TypeError('Failed to fetch'))).toBe(code);
  });

  it('returns to the first step, without the password, for wrong credentials', () => {
    expect(stateAfter(code, request, problem('wrong-credentials'))).toEqual({
      credentials: { username: 'ada', password: '' },
      step: { name: 'password' },
    });
  });
});

describe('typedSecret', () => {
  it('groups the secret', () => {
    expect(typedSecret(setup.otpauth_url)).toBe('JBSW Y3DP EHPK 3PXP');
  });
});
