import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { FORMER_GROUP, type Role } from '../../src/access/role.ts';
import { MIN_PASSWORD_LENGTH } from '../../src/sign-in/password-rules.ts';
import { ACCESS_TOKEN_MINUTES, SESSION_HOURS } from '../../src/sign-in/session-lifetime.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';

const GROUPS: Readonly<Record<Role, string>> = {
  viewer: 'Sees the shop without buyers’ data',
  operator: 'Sees buyers’ data, refunds up to a limit, replays, retries, repairs and ships',
  admin: 'May do everything in the shop',
};

/** The user pool of operators. Accounts are created by `npm run operator` only; there is no sign-up. */
export class OperatorPool extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.pool = new UserPool(this, 'pool', {
      userPoolName: `settle-once-${stage.name}-operators`,
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      signInCaseSensitive: false,
      // Accounts have no email address: a forgotten password is replaced by `npm run operator -- reset`.
      accountRecovery: AccountRecovery.NONE,
      passwordPolicy: {
        minLength: MIN_PASSWORD_LENGTH,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      ...(stage.totp ? { mfa: Mfa.REQUIRED, mfaSecondFactor: { otp: true, sms: false } } : { mfa: Mfa.OFF }),
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: stage.isProtected,
      removalPolicy: removalPolicyOf(stage),
    });
    for (const [groupName, description] of Object.entries(GROUPS))
      this.pool.addGroup(groupName, { groupName, description });
    // From before there were roles. Kept: deleting the group would take its members' access.
    this.pool.addGroup('group', { groupName: FORMER_GROUP, description: 'Former group of all operators: admins' });
    this.client = this.pool.addClient('client', {
      userPoolClientName: 'dashboard',
      // A client secret cannot be kept in a browser, and the sign-in function does not need one.
      generateSecret: false,
      disableOAuth: true,
      authFlows: { userPassword: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.minutes(ACCESS_TOKEN_MINUTES),
      idTokenValidity: Duration.minutes(ACCESS_TOKEN_MINUTES),
      refreshTokenValidity: Duration.hours(SESSION_HOURS),
      // The longest: time to install an authenticator app during the first sign-in.
      authSessionValidity: Duration.minutes(15),
    });

    Validations.of(this.pool).acknowledge({
      id: 'AwsSolutions-COG8',
      reason:
        'Threat protection needs the client’s IP address, and Cognito would only see that of the sign-in function.',
    });
    if (!stage.totp) {
      Validations.of(this.pool).acknowledge({
        id: 'AwsSolutions-COG2',
        reason:
          'Without real money, a password suffices: 20 characters, throttled sign-in, lockout by Cognito. ' +
          'On in prod, elsewhere with --context totp=on.',
      });
    }
  }

  /**
   * The `iss` claim of the tokens. Built here, as emulators of CloudFormation may lack the attribute ProviderURL.
   * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
   */
  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }
}
