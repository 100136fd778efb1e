import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { FORMER_GROUP } from '../../src/access/role.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';

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
      // Accounts have no email address: a forgotten password is replaced by `npm run operator`.
      accountRecovery: AccountRecovery.NONE,
      passwordPolicy: {
        minLength: 20,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      mfa: Mfa.OFF,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: stage.retainData,
      removalPolicy: removalPolicyOf(stage),
    });
    this.pool.addGroup('group', { groupName: FORMER_GROUP, description: 'May do everything in the shop' });
    this.client = this.pool.addClient('client', {
      userPoolClientName: 'dashboard',
      // A client secret cannot be kept in a browser, and the sign-in function does not need one.
      generateSecret: false,
      disableOAuth: true,
      authFlows: { userPassword: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // A removed operator loses access within 15 minutes; a refresh token lasts for a working day.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(10),
    });

    Validations.of(this.pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'Few operators, generated 32-character passwords, throttled sign-in, lockout by Cognito, 15-minute tokens.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'Threat protection needs the client’s IP address, and Cognito would only see that of the sign-in function.',
      },
    );
  }

  /**
   * The `iss` claim of the tokens. Built here, as emulators of CloudFormation may lack the attribute ProviderURL.
   * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
   */
  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }
}
