import { describe, expect, it } from 'vitest';
import { TABLE_NAMES, tableOutput } from '../../../lib/names.ts';
import { resourcesOf, templatesOf } from './synth.ts';

const tables = (stage: 'prod' | 'sandbox' | 'local') => resourcesOf(stage, 'AWS::DynamoDB::Table');

describe('the shop’s tables', () => {
  it('can be restored to any second, at every stage', () => {
    for (const stage of ['local', 'sandbox', 'prod'] as const) {
      expect(tables(stage)).toHaveLength(TABLE_NAMES.length);
      for (const [, { Properties }] of tables(stage)) {
        expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
      }
    }
  });

  it('cannot be deleted by mistake where the money is real', () => {
    for (const [, { Properties, DeletionPolicy }] of tables('prod')) {
      expect(Properties.DeletionProtectionEnabled).toBe(true);
      expect(DeletionPolicy).toBe('Retain');
    }
  });

  it('go with their stack on the laptop', () => {
    for (const [, { DeletionPolicy }] of tables('local')) expect(DeletionPolicy).toBe('Delete');
  });

  it('cost nothing while nobody buys', () => {
    for (const [, { Properties }] of tables('prod')) expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('copy nothing but keys into their indexes', () => {
    const projections = tables('prod').flatMap(([, { Properties }]) =>
      (Properties.GlobalSecondaryIndexes ?? []).map((index: { Projection: unknown }) => index.Projection),
    );

    expect(projections).toHaveLength(6);
    for (const projection of projections) expect(projection).toEqual({ ProjectionType: 'KEYS_ONLY' });
  });

  it('forget raw events, buyers without an order and idempotency keys', () => {
    const forgotten = tables('prod').flatMap(
      ([, { Properties }]) => Properties.TimeToLiveSpecification?.AttributeName ?? [],
    );

    expect(forgotten.sort()).toEqual(['expiration', 'expires_at', 'expires_at']);
  });

  it('can be found by whoever deployed them', () => {
    const outputs = Object.keys(templatesOf('prod').data.toJSON().Outputs);

    expect(outputs).toEqual(expect.arrayContaining(TABLE_NAMES.map(tableOutput)));
  });
});

describe('the PayPal credentials', () => {
  it('outlive their stack where the money is real', () => {
    expect(resourcesOf('prod', 'AWS::SecretsManager::Secret').map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual([
      'Retain',
    ]);
  });

  it('are in no template', () => {
    const [[, secret] = []] = resourcesOf('prod', 'AWS::SecretsManager::Secret');

    expect(secret?.Properties).toMatchObject({ Name: 'settle-once/prod/paypal' });
    expect(secret?.Properties.SecretString).toBeUndefined();
    expect(JSON.parse(secret?.Properties.GenerateSecretString.SecretStringTemplate)).toEqual({
      client_id: 'to-fill-in',
      client_secret: 'to-fill-in',
      webhook_id: '',
    });
  });
});

describe('operators', () => {
  const [[, pool] = []] = resourcesOf('prod', 'AWS::Cognito::UserPool');
  const [[, client] = []] = resourcesOf('prod', 'AWS::Cognito::UserPoolClient');

  it('cannot sign themselves up', () => {
    expect(pool?.Properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
  });

  it('have passwords that nobody guesses', () => {
    expect(pool?.Properties.Policies.PasswordPolicy).toEqual({
      MinimumLength: 20,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      RequireUppercase: true,
    });
  });

  it('are not deleted by mistake where the money is real', () => {
    expect(pool).toMatchObject({ DeletionPolicy: 'Retain', Properties: { DeletionProtection: 'ACTIVE' } });
  });

  it('sign in without a secret in the browser, and stay for a quarter of an hour, or ten hours with a refresh token', () => {
    expect(client?.Properties).toMatchObject({
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      PreventUserExistenceErrors: 'ENABLED',
      EnableTokenRevocation: true,
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      RefreshTokenValidity: 600,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
    });
  });

  it('are a group of that pool', () => {
    expect(
      resourcesOf('prod', 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName),
    ).toEqual(['operators']);
  });

  it('can be found by whoever deployed them', () => {
    const outputs = Object.keys(templatesOf('prod').data.toJSON().Outputs);

    expect(outputs).toEqual(expect.arrayContaining(['UserPoolId', 'UserPoolClientId']));
  });
});
