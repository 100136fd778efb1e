import { CloudFormationClient, GetTemplateCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { missingGrants, type PolicyDocument, rolePoliciesOf } from '../../../ops/role-policies.ts';
import { templatesOf } from '../lib/synth.ts';

const TEMPLATE = templatesOf('prod').service.toJSON();
const IN_TEMPLATE = Object.entries<ReturnType<typeof JSON.parse>>(TEMPLATE.Resources).flatMap(([id, resource]) =>
  resource.Type === 'AWS::IAM::Policy' ? [{ id, ...resource.Properties }] : [],
);

/** As CloudFormation replaces references. */
const resolved = (document: PolicyDocument): { Statement: ReturnType<typeof JSON.parse>[] } =>
  JSON.parse(JSON.stringify(document), (_, value) => {
    if (value?.['Fn::Join']) return value['Fn::Join'][1].join('');
    return Object.keys(value ?? {}).some((key) => key === 'Ref' || key.startsWith('Fn::')) ? 'arn:aws:iam::1' : value;
  });

const listOf = <Item>(value: Item | readonly Item[]): readonly Item[] => [value].flat() as Item[];

describe('rolePoliciesOf', () => {
  const cloudFormation = mockClient(CloudFormationClient);
  const iam = mockClient(IAMClient);

  it('pairs each policy of the template with that of its role', async () => {
    const resources = IN_TEMPLATE.flatMap(({ Roles }) => Roles).map(({ Ref }) => ({
      LogicalResourceId: Ref,
      PhysicalResourceId: `physical-${Ref}`,
    }));
    const [lost] = IN_TEMPLATE;
    cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: JSON.stringify(TEMPLATE) });
    cloudFormation
      .on(ListStackResourcesCommand)
      .resolvesOnce({ StackResourceSummaries: resources.slice(0, 5) as never, NextToken: 'next' })
      .resolvesOnce({ StackResourceSummaries: resources.slice(5) as never });
    iam.on(GetRolePolicyCommand).callsFake(async ({ RoleName, PolicyName }) => {
      const { Roles, PolicyDocument } = IN_TEMPLATE.find((policy) => policy.PolicyName === PolicyName);
      expect(RoleName).toBe(`physical-${Roles[0].Ref}`);
      if (PolicyName === lost.PolicyName) throw new NoSuchEntityException({ message: 'none', $metadata: {} });
      return { PolicyDocument: encodeURIComponent(JSON.stringify(resolved(PolicyDocument))) };
    });

    const found = await rolePoliciesOf(
      { cloudFormation: new CloudFormationClient({}), iam: new IAMClient({}) },
      'settle-once-prod-service',
    );

    expect(found).toHaveLength(IN_TEMPLATE.length);
    const incomplete = found.filter((policy) => missingGrants(policy).length > 0);
    expect(incomplete).toEqual([
      { role: `physical-${lost.Roles[0].Ref}`, template: lost.PolicyDocument, deployed: undefined },
    ]);
  });
});

describe('missingGrants', () => {
  it('knows the policy of every function', () => {
    const resources = Object.values<ReturnType<typeof JSON.parse>>(TEMPLATE.Resources);
    const ofFunctions = resources.flatMap(({ Type, Properties }) =>
      Type === 'AWS::Lambda::Function' ? [Properties.Role['Fn::GetAtt'][0]] : [],
    );
    const known = IN_TEMPLATE.flatMap(({ Roles }) => Roles).map(({ Ref }) => Ref);

    expect(ofFunctions.length).toBeGreaterThan(10);
    expect(known).toEqual(expect.arrayContaining(ofFunctions));
    // CDK moves what is too much for one policy into others.
    expect(resources.filter(({ Type }) => Type === 'AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  const missing = (template: PolicyDocument, deployed: PolicyDocument) => missingGrants({ template, deployed });

  it.each(IN_TEMPLATE)('finds every single action that $id has lost', ({ PolicyDocument }) => {
    expect(missing(PolicyDocument, resolved(PolicyDocument))).toEqual([]);
    for (const [index, { Action }] of PolicyDocument.Statement.entries())
      for (const action of listOf<string>(Action)) {
        const deployed = resolved(PolicyDocument);
        deployed.Statement[index].Action = listOf<string>(Action).filter((one) => one !== action);

        expect(missing(PolicyDocument, deployed)).toContain(action);
      }
  });

  const lacks = (change: (statement: ReturnType<typeof JSON.parse>) => object) => {
    const [index, template] = Object.entries(IN_TEMPLATE).flatMap(([, { PolicyDocument }]) =>
      PolicyDocument.Statement.flatMap((statement: object, index: number) =>
        change(statement) === statement ? [] : [[index, PolicyDocument] as const],
      ),
    )[0];
    const deployed = resolved(template);
    deployed.Statement[index] = change(deployed.Statement[index]);
    return missing(template, deployed);
  };

  it('finds a statement that has lost one of its resources', () => {
    const change = (statement: { Resource: unknown }) =>
      Array.isArray(statement.Resource) ? { ...statement, Resource: statement.Resource.slice(1) } : statement;

    expect(lacks(change).length).toBeGreaterThan(0);
  });

  it('finds a statement for another index', () => {
    const change = (statement: object) => {
      const text = JSON.stringify(statement);
      return text.includes('/index/by-due') ? JSON.parse(text.replace('/index/by-due', '/index/by-day')) : statement;
    };

    expect(lacks(change)).toContain('dynamodb:Query');
  });

  it('finds a condition that was added, and one that is another', () => {
    const added = (statement: object) => ({ ...statement, Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    const other = (statement: { Condition?: object }) =>
      statement.Condition ? { ...statement, Condition: { Bool: { 'aws:SecureTransport': 'false' } } } : statement;

    expect(lacks(added).length).toBeGreaterThan(0);
    expect(lacks(other).length).toBeGreaterThan(0);
  });

  it('finds a grant that is lost beside one that looks the same', () => {
    const grant = (name: string) => ({ Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': [name, 'Arn'] } });
    const template = { Statement: [grant('one'), grant('other')] };

    expect(missing(template, { Statement: resolved(template).Statement.slice(1) })).toEqual(['sqs:SendMessage']);
  });
});
