import { describe, expect, it } from 'vitest';
import { calls } from '../../support/api-document.ts';
import { adminInMemory, type Claims, operatorClaims } from '../../support/in-memory/admin-api.ts';

const operatorsCalls = calls.filter((call) => call.includes('/admin/') && !call.includes('/sign-in'));
const other = (claims: Record<string, string | undefined>): Claims =>
  JSON.parse(JSON.stringify({ ...operatorClaims(), ...claims }));

describe('whoever calls the operators’ API', () => {
  it.each(operatorsCalls)('without a verified token is turned away: %s', async (call) => {
    const { status, body } = await adminInMemory().call(call, { id: 'any', claims: undefined });

    expect(status).toBe(401);
    expect(body.type).toBe('/problems/not-signed-in');
  });

  it.each(operatorsCalls)('outside the group is turned away: %s', async (call) => {
    const { status, body } = await adminInMemory().call(call, {
      id: 'any',
      claims: other({ 'cognito:groups': '[shoppers]' }),
    });

    expect(status).toBe(403);
    expect(body.type).toBe('/problems/not-an-operator');
  });

  it.each([
    [
      'the token that tells who somebody is',
      other({ token_use: 'id', username: undefined, 'cognito:username': 'ada' }),
    ],
    ['a token of another use, though it has a username', other({ token_use: 'id' })],
    ['a token without a name', other({ username: undefined })],
  ])('with %s is not signed in', async (_, claims) => {
    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(401);
  });

  it.each([
    ['no group', undefined],
    ['an empty list', '[]'],
    ['a group whose name only begins so', '[operators-in-training]'],
    ['a group whose name only ends so', '[former-operators]'],
  ])('with %s is no operator', async (_, groups) => {
    const claims = other({ 'cognito:groups': groups });

    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(403);
  });

  it('may be in other groups as well', async () => {
    const claims = other({ 'cognito:groups': '[accountants operators]' });

    expect((await adminInMemory().send('GET', '/api/v1/admin/audit', { claims })).status).toBe(200);
  });
});
