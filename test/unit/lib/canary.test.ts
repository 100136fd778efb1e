import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { appOf, type Resource, resourcesOf, templatesOf } from './synth.ts';

const CANARIES = ['paymentstatus', 'paypalwebhook', 'storefront'];
const aliases = resourcesOf('prod', 'AWS::Lambda::Alias') as [
  string,
  Resource & {
    readonly UpdatePolicy: { readonly CodeDeployLambdaAliasUpdate: Record<string, { readonly Ref: string }> };
  },
][];

/*
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
 */
describe('a new version in prod', () => {
  it('of webhook, storefront and payment status begins behind an alias', () => {
    expect(aliases.map(([, { Properties }]) => Properties.FunctionName.Ref.replace(/[\dA-F]{8}$/, '')).sort()).toEqual(
      CANARIES,
    );
    for (const [, { Properties }] of aliases)
      expect(Properties.FunctionVersion).toEqual({ 'Fn::GetAtt': [expect.any(String), 'Version'] });
  });

  it('gets all requests of these functions through the alias', () => {
    const targets = resourcesOf('prod', 'AWS::ApiGatewayV2::Integration').map(([, { Properties }]) =>
      JSON.stringify(Properties.IntegrationUri),
    );

    expect(targets).toHaveLength(6);
    expect(targets.filter((target) => aliases.some(([id]) => target.includes(`"${id}"`)))).toHaveLength(3);
    const direct = targets.filter((target) => !aliases.some(([id]) => target.includes(`"${id}"`)));
    for (const target of direct) expect(target).not.toMatch(/paypalwebhook|storefront|paymentstatus/);
  });

  it('gets a tenth of them for ten minutes, and none any more when an alarm of the shop goes off', () => {
    const groups = Object.fromEntries(resourcesOf('prod', 'AWS::CodeDeploy::DeploymentGroup'));
    const alarms = Object.fromEntries(resourcesOf('prod', 'AWS::CloudWatch::Alarm'));
    for (const [, { UpdatePolicy }] of aliases) {
      const { DeploymentGroupName } = UpdatePolicy.CodeDeployLambdaAliasUpdate;
      const group = groups[DeploymentGroupName?.Ref ?? '']?.Properties;

      expect(group.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent10Minutes');
      expect(group.AutoRollbackConfiguration).toEqual({
        Enabled: true,
        Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
      });
      expect(group.AlarmConfiguration.Enabled).toBe(true);
      expect(
        group.AlarmConfiguration.Alarms.map(
          ({ Name }: { Name: { Ref: string } }) => alarms[Name.Ref]?.Properties.AlarmName,
        ),
      ).toEqual([
        'settle-once-prod-requests-failing',
        'settle-once-prod-deliveries-postponed',
        'settle-once-prod-signatures-refused',
        'settle-once-prod-functions-throttled',
      ]);
    }
  });
});

/* A version has the environment with which it was published, and the template has only names of parameters. */
it('is published when only the values of parameters have changed', () => {
  const versionsFor = (parameters: string) =>
    Object.keys(Template.fromStack(appOf('prod', { parameters }).service).findResources('AWS::Lambda::Version'));

  expect(versionsFor('hash-1')).toHaveLength(3);
  expect(versionsFor('hash-1')).toEqual(versionsFor('hash-1'));
  expect(versionsFor('hash-1').filter((id) => versionsFor('hash-2').includes(id))).toEqual([]);
});

it.each([
  ['sandbox', () => templatesOf('sandbox').service],
  ['prod with canary=off', () => Template.fromStack(appOf('prod', { canary: 'off' }).service)],
])('%s has neither aliases nor deployment groups', (_, template) => {
  template().resourceCountIs('AWS::Lambda::Alias', 0);
  template().resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
});
