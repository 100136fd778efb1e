/** A resource of a CloudFormation template. */
interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

export interface StackTemplate {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: string } }>>;
}

/** What an update of a deployed stack depends on. */
export interface TemplateFacts {
  /** Names of exports: one that another stack imports cannot be removed. */
  readonly exports: readonly string[];

  /** Logical ids by type and fixed name: under another id, the name would be taken when CloudFormation creates it. */
  readonly named: Readonly<Record<string, string>>;

  /** By logical id: what cannot change without a new table, and the indexes, of which an update may create one. */
  readonly tables: Readonly<Record<string, { readonly keys: string; readonly indexes: readonly string[] }>>;

  /** By logical id: what cannot change without a new pool. */
  readonly userPools: Readonly<Record<string, string>>;
}

/** The property with the name of a resource, where names are unique in an account or its group. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::CloudFront::Function': 'Name',
  'AWS::CloudFront::ResponseHeadersPolicy': 'ResponseHeadersPolicyConfig.Name',
  'AWS::CloudFront::OriginAccessControl': 'OriginAccessControlConfig.Name',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Cognito::UserPoolGroup': 'GroupName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::WAFv2::WebACL': 'Name',
};

const USER_POOL_PROPERTIES = ['AliasAttributes', 'UsernameAttributes', 'UsernameConfiguration', 'Schema'];

export function factsOf({ Resources, Outputs = {} }: StackTemplate): TemplateFacts {
  const resources = Object.entries(Resources);
  const ofType = (type: string) => resources.filter(([, { Type }]) => Type === type);
  return {
    exports: Object.values(Outputs)
      .flatMap(({ Export }) => (Export ? [Export.Name] : []))
      .sort(),
    named: Object.fromEntries(
      resources.flatMap(([id, { Type, Properties = {} }]) => {
        const name = (NAME_PROPERTIES[Type] ?? '')
          .split('.')
          .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], Properties);
        return name === undefined ? [] : [[`${Type} ${JSON.stringify(name)}`, id]];
      }),
    ),
    tables: Object.fromEntries(
      ofType('AWS::DynamoDB::Table').map(([id, { Properties = {} }]) => [
        id,
        {
          keys: JSON.stringify(Properties.KeySchema),
          indexes: ((Properties.GlobalSecondaryIndexes ?? []) as { IndexName: string }[]).map(
            (index) => `${index.IndexName} ${JSON.stringify(index)}`,
          ),
        },
      ]),
    ),
    userPools: Object.fromEntries(
      ofType('AWS::Cognito::UserPool').map(([id, { Properties = {} }]) => [
        id,
        JSON.stringify(USER_POOL_PROPERTIES.map((property) => Properties[property] ?? null)),
      ]),
    ),
  };
}
