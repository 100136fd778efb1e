import {
  type CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { GetRolePolicyCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';

/** A policy of a role, twice. */
export interface RolePolicy {
  readonly role: string;
  /** As the template of the stack has it, with references to other resources. */
  readonly template: PolicyDocument;
  /** As the role has it; undefined when it has lost it. */
  readonly deployed: PolicyDocument | undefined;
}

export interface PolicyDocument {
  readonly Statement: readonly Statement[];
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly [element: string]: unknown;
}

/** The policies of all roles in a stack. */
export async function rolePoliciesOf(
  { cloudFormation, iam }: { readonly cloudFormation: CloudFormationClient; readonly iam: IAMClient },
  StackName: string,
): Promise<RolePolicy[]> {
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName }));
  const names = new Map<string, string>();
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client: cloudFormation },
    { StackName },
  ))
    for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries)
      names.set(LogicalResourceId, PhysicalResourceId);

  const found: RolePolicy[] = [];
  for (const { Type, Properties } of Object.values<TemplateResource>(JSON.parse(TemplateBody).Resources)) {
    if (Type !== 'AWS::IAM::Policy') continue;
    const { PolicyName, PolicyDocument: template, Roles } = Properties;
    for (const { Ref } of Roles) {
      const role = names.get(Ref) ?? Ref;
      found.push({ role, template, deployed: await deployedPolicy(iam, role, PolicyName) });
    }
  }
  return found;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties: {
    readonly PolicyName: string;
    readonly PolicyDocument: PolicyDocument;
    readonly Roles: readonly { readonly Ref: string }[];
  };
}

async function deployedPolicy(iam: IAMClient, RoleName: string, PolicyName: string) {
  try {
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
    return JSON.parse(decodeURIComponent(PolicyDocument));
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined;
    throw error;
  }
}

/** The statements of the template's policy that the role's policy has not, as their actions. */
export function missingGrants({ template, deployed }: Pick<RolePolicy, 'template' | 'deployed'>): string[] {
  const left = [...(deployed?.Statement ?? [])];
  return template.Statement.flatMap((expected) => {
    const index = left.findIndex((statement) => matches(expected, statement));
    if (index === -1) return expected.Action;
    left.splice(index, 1);
    return [];
  });
}

/** Whether a value of a template stands for a deployed one. References and functions stand for any text. */
function matches(template: unknown, deployed: unknown): boolean {
  if (typeof template !== 'object' || template === null) return template === deployed;
  const expected = Object.entries(template);
  const [[key, value] = ['', undefined]] = expected;
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
  if (key === 'Ref' || key.startsWith('Fn::'))
    return typeof deployed === 'string' && patternOf(key === 'Fn::Join' ? value[1] : [template]).test(deployed);
  if (typeof deployed !== 'object' || deployed === null) return false;
  const found = new Map(Object.entries(deployed));
  return expected.length === found.size && expected.every(([key, value]) => matches(value, found.get(key)));
}

/** Only the texts among the parts are known. */
const patternOf = (parts: readonly unknown[]): RegExp =>
  new RegExp(
    `^${parts.map((part) => (typeof part === 'string' ? part.replaceAll(/[^\w]/g, '\\$&') : '.+')).join('')}$`,
  );
