import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { AccountRecovery, FeaturePlan, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { OPERATORS } from '../../src/admin-api/operator.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';

/** Who may operate the shop. People get in by `npm run operator` alone; nobody signs up. */
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
      // Nobody has an address here: whoever forgets a password is given a new one by the command.
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
    this.pool.addGroup('group', { groupName: OPERATORS, description: 'May do everything in the shop' });
    this.client = this.pool.addClient('client', {
      userPoolClientName: 'dashboard',
      // A secret in a browser is none, and the sign-in function needs none.
      generateSecret: false,
      disableOAuth: true,
      authFlows: { userPassword: true },
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      // Who was removed from the group is out after so long; a refresh token lasts for a day's work.
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(10),
    });

    Validations.of(this.pool).acknowledge(
      {
        id: 'AwsSolutions-COG2',
        reason:
          'A handful of people with generated passwords of 32 characters, a throttled sign-in that Cognito locks after wrong ones, tokens of 15 minutes.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'Threat protection goes by the address of who signs in. They sign in through the shop’s own API, so it would see one address only.',
      },
    );
  }

  /**
   * Who signs the tokens. Built here, because not every CloudFormation knows the pool’s attribute ProviderURL.
   * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
   */
  get issuer(): string {
    return `https://cognito-idp.${Stack.of(this).region}.amazonaws.com/${this.pool.userPoolId}`;
  }
}
