import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { TABLE_NAMES, tableOutput } from '../../../lib/names.ts';
import { ROLES } from '../../../src/access/role.ts';
import { appOf, type Resource, resourcesOf, templatesOf } from './synth.ts';

const tables = (stage: 'prod' | 'sandbox' | 'local') => resourcesOf(stage, 'AWS::DynamoDB::Table');

/*
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
describe('a first deployment of prod that fails', () => {
  const { app } = appOf('prod', { protection: 'off' });
  const stacks = app.synth().stacks;
  const resources = stacks.flatMap(({ template }) => Object.entries<Resource>(template.Resources));

  it('leaves nothing behind: what is retained later is deleted with its creation', () => {
    const retained = resources.filter(([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete');

    expect(retained.length).toBeGreaterThan(20);
    for (const [, { DeletionPolicy }] of retained) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('can be deleted: no stack, table or user pool is protected yet', () => {
    expect(stacks.filter(({ terminationProtection }) => terminationProtection)).toEqual([]);
    expect(JSON.stringify(resources)).not.toMatch(/"DeletionProtectionEnabled":true|"DeletionProtection":"ACTIVE"/);
  });
});

describe('tables', () => {
  it('have point-in-time recovery in every stage', () => {
    for (const stage of ['local', 'sandbox', 'prod'] as const) {
      expect(tables(stage)).toHaveLength(TABLE_NAMES.length);
      for (const [, { Properties }] of tables(stage)) {
        expect(Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
      }
    }
  });

  it('are protected against deletion in prod', () => {
    for (const [, { Properties, DeletionPolicy }] of tables('prod')) {
      expect(Properties.DeletionProtectionEnabled).toBe(true);
      expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  it('are deleted with their stack in local', () => {
    for (const [, { DeletionPolicy }] of tables('local')) expect(DeletionPolicy).toBe('Delete');
  });

  it('are billed per request', () => {
    for (const [, { Properties }] of tables('prod')) expect(Properties.BillingMode).toBe('PAY_PER_REQUEST');
  });

  it('project only keys into their indexes', () => {
    const projections = tables('prod').flatMap(([, { Properties }]) =>
      (Properties.GlobalSecondaryIndexes ?? []).map((index: { Projection: unknown }) => index.Projection),
    );

    expect(projections).toHaveLength(7);
    for (const projection of projections) expect(projection).toEqual({ ProjectionType: 'KEYS_ONLY' });
  });

  it('expire webhook events, buyers without an order, idempotency keys, sessions, counts of refunds and unpaid purchases', () => {
    const ttlAttributes = tables('prod').flatMap(
      ([, { Properties }]) => Properties.TimeToLiveSpecification?.AttributeName ?? [],
    );

    const ofPurchases = ['delete_at', 'delete_at', 'delete_at'];
    expect(ttlAttributes.sort()).toEqual([...ofPurchases, 'expiration', 'expires_at', 'expires_at', 'expires_at']);
  });

  it('have their names in the stack outputs', () => {
    const outputs = Object.keys(templatesOf('prod').data.toJSON().Outputs);

    expect(outputs).toEqual(expect.arrayContaining(TABLE_NAMES.map(tableOutput)));
  });
});

describe('PayPal credentials', () => {
  it('are retained, like the origin secret, when the prod stack is deleted', () => {
    expect(resourcesOf('prod', 'AWS::SecretsManager::Secret').map(([, { DeletionPolicy }]) => DeletionPolicy)).toEqual([
      'RetainExceptOnCreate',
      'RetainExceptOnCreate',
    ]);
  });

  it('are not in the template', () => {
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

describe('operator pool', () => {
  const [[, pool] = []] = resourcesOf('prod', 'AWS::Cognito::UserPool');
  const [[, client] = []] = resourcesOf('prod', 'AWS::Cognito::UserPoolClient');

  it('disables self sign-up', () => {
    expect(pool?.Properties.AdminCreateUserConfig).toEqual({ AllowAdminCreateUserOnly: true });
  });

  it('requires passwords of 20 characters of all kinds, and takes a temporary one for three days', () => {
    expect(pool?.Properties.Policies.PasswordPolicy).toEqual({
      MinimumLength: 20,
      RequireLowercase: true,
      RequireNumbers: true,
      RequireSymbols: true,
      RequireUppercase: true,
      TemporaryPasswordValidityDays: 3,
    });
  });

  it('is protected against deletion in prod', () => {
    expect(pool).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { DeletionProtection: 'ACTIVE' },
    });
  });

  it('issues access tokens of 15 minutes and refresh tokens of 10 hours, to a client without a secret', () => {
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

  it('has a group for each role, and keeps that of all former operators', () => {
    const groups = resourcesOf('prod', 'AWS::Cognito::UserPoolGroup').map(([, { Properties }]) => Properties.GroupName);

    expect(groups.sort()).toEqual(['operators', ...ROLES].sort());
  });

  it.each([
    ['prod', {}, 'ON', ['SOFTWARE_TOKEN_MFA']],
    ['prod', { totp: 'off' }, 'OFF', undefined],
    ['sandbox', {}, 'OFF', undefined],
    ['sandbox', { totp: 'on' }, 'ON', ['SOFTWARE_TOKEN_MFA']],
    ['local', {}, 'OFF', undefined],
  ] as const)('of stage %s with the context %j has MFA %s by %j', (stage, context, mfa, factors) => {
    const template = Template.fromStack(appOf(stage, context).data);
    const [{ Properties = {} } = {}] = Object.values(template.findResources('AWS::Cognito::UserPool'));

    expect([Properties.MfaConfiguration, Properties.EnabledMfas]).toEqual([mfa, factors]);
  });

  it('has its ids in the stack outputs', () => {
    const outputs = Object.keys(templatesOf('prod').data.toJSON().Outputs);

    expect(outputs).toEqual(expect.arrayContaining(['UserPoolId', 'UserPoolClientId']));
  });
});
