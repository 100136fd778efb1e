import { describe, expect, it } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { adminInMemory, type Claims, operatorClaims } from '../../support/in-memory/admin-api.ts';

const operatorCalls = calls.filter((call) => call.includes('/admin/') && !call.includes('/sign-in'));
const claimsWith = (changes: Record<string, string | undefined>): Claims =>
  JSON.parse(JSON.stringify({ ...operatorClaims(), ...changes }));

describe('operatorOf', () => {
  it.each(operatorCalls)('rejects %s without verified claims', async (call) => {
    const { status, body } = await adminInMemory().call(call, { id: 'any', claims: undefined });

    expect(status).toBe(401);
    expect(body.type).toBe('/problems/not-signed-in');
  });

  it.each(operatorCalls)('rejects %s outside the group', async (call) => {
    const { status, body } = await adminInMemory().call(call, {
      id: 'any',
      claims: claimsWith({ 'cognito:groups': '[shoppers]' }),
    });

    expect(status).toBe(403);
    expect(body.type).toBe('/problems/not-an-operator');
  });

  it.each([
    ['an ID token', claimsWith({ token_use: 'id', username: undefined, 'cognito:username': 'ada' })],
    ['a token of another use with a username', claimsWith({ token_use: 'id' })],
    ['a token without username', claimsWith({ username: undefined })],
  ])('returns 401 for %s', async (_, claims) => {
    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(401);
  });

  it.each([
    ['no group', undefined],
    ['an empty list', '[]'],
    ['a group with the name as prefix', '[operators-in-training]'],
    ['a group with the name as suffix', '[former-operators]'],
  ])('returns 403 for %s', async (_, groups) => {
    const claims = claimsWith({ 'cognito:groups': groups });

    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(403);
  });

  it('accepts an operator in several groups', async () => {
    const claims = claimsWith({ 'cognito:groups': '[accountants operators]' });

    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(200);
  });
});
