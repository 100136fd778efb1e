import { readFile } from 'node:fs/promises';
import { GetRolePolicyCommand, IAMClient, paginateListRolePolicies } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { ClientOptions } from '../../../ops/emulator-client.ts';

/** A grant without a call, and why it is needed. */
interface Exception {
  readonly grant: RegExp;
  readonly reason: string;
}

/** By grants as `<function> <action> <resource>`. */
const EXCEPTIONS: readonly Exception[] = [
  { grant: / logs:/, reason: 'Lambda logs with the role of the function, MiniStack without it.' },
  {
    grant:
      /^(changes|reconciliation) sqs:(DeleteMessage|GetQueueAttributes|ReceiveMessage) .*-(checkqueue|paymentqueue)/,
    reason: 'Lambda receives with the role of the function, MiniStack without it.',
  },
  {
    grant: /^(audit|changes) (dynamodb:(DescribeStream|GetRecords|GetShardIterator|ListStreams)|sqs:\w+ .*undelivered)/,
    reason: 'Lambda reads the stream, and reports what failed, with the role of the function, MiniStack without it.',
  },
  { grant: / states:RedriveExecution /, reason: 'MiniStack has no RedriveExecution.' },
  {
    grant: / dynamodb:(DeleteItem|GetItem) .*-idempotency/,
    reason: 'Powertools deletes the record of a failed request, and reads one that was completed in between.',
  },
  {
    grant: /^(payments|storefront) dynamodb:UpdateItem .*-operations/,
    reason: 'A refused capture is counted once: by the workflow, or by the page that the buyer returns to.',
  },
  {
    grant: /^(admin|reconciliation) dynamodb:PutItem .*-payments/,
    reason: 'Creates the payment of a session whose function crashed before: see test/crash/.',
  },
  {
    grant: /^reconciliation dynamodb:Query .*\/by-(capture|paypal-order)$/,
    reason: 'Finds the payment of a stored event that names nothing but the capture or the order.',
  },
  {
    grant: /^admin dynamodb:DeleteItem .*-operations/,
    reason: 'Removes a failed settlement that has succeeded when an operator retries it.',
  },
];

/**
 * The grants of all deployed functions of which no call made use, and exceptions for grants that no function has.
 * @param calls a file of calls that policies allowed: principal, action and resource a line
 */
export async function unusedGrants(calls: string, options: ClientOptions): Promise<string[]> {
  const used = (await readFile(calls, 'utf8')).trimEnd().split('\n').map(callFrom);
  const granted = (await grantsOf(options)).map((grant) => ({
    text: `${grant.name} ${grant.action} ${grant.resource}`,
    isUsed: used.some(
      ({ role, action, resource }) =>
        role === grant.role && action === grant.action && matches(grant.resource, resource),
    ),
  }));
  const unused = granted.filter(({ text, isUsed }) => !isUsed && !EXCEPTIONS.some(({ grant }) => grant.test(text)));
  const surplus = EXCEPTIONS.filter(({ grant }) => !granted.some(({ text }) => grant.test(text)));
  return [
    ...unused.map(({ text }) => text),
    ...surplus.map(({ grant }) => `exception ${grant} without a grant`),
  ].sort();
}

/** The principal of a function's call: `arn:aws:sts::000000000000:assumed-role/<role>/<session>`. */
function callFrom(line: string) {
  const [principal = '', action = '', resource = ''] = line.split(' ');
  return { role: principal.split('/')[1], action, resource };
}

/** Whether an ARN matches the pattern of a policy. */
function matches(pattern: string, arn: string): boolean {
  const source = pattern.replace(/[^\w:/-]/g, (other) => ({ '*': '.*', '?': '.' })[other] ?? `\\${other}`);
  return new RegExp(`^${source}$`).test(arn);
}

/** What the inline policies of all functions allow, action by action and resource by resource. */
async function grantsOf(options: ClientOptions) {
  const lambda = new LambdaClient(options);
  const iam = new IAMClient(options);
  const grants: { name: string; role: string; action: string; resource: string }[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { Environment, Role = '' } of Functions) {
      const name = Environment?.Variables?.POWERTOOLS_SERVICE_NAME ?? '';
      const role = Role.split('/').at(-1) ?? '';
      for await (const { PolicyNames = [] } of paginateListRolePolicies({ client: iam }, { RoleName: role })) {
        for (const PolicyName of PolicyNames) {
          const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName }));
          const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument));
          for (const { Action, Resource } of Statement) {
            for (const action of [Action].flat())
              for (const resource of [Resource].flat()) grants.push({ name, role, action, resource });
          }
        }
      }
    }
  }
  return grants;
}
