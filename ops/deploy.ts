import './report-errors.ts';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { STAGE_NAMES } from '../lib/names.ts';
import { type Deployment, deployShop } from './deploy-shop.ts';
import { publishPages } from './publish-pages.ts';

/*
 * Deploys a stage to AWS, pages included:
 *   npm run deploy -- --stage prod [--domain shop.example --certificate arn:aws:acm:us-east-1:…]
 * Account and region come from the environment, as for the CDK. Every step: docs/deploying.md
 */

const ROOT = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: {
    stage: { type: 'string' },
    domain: { type: 'string' },
    certificate: { type: 'string' },
    context: { type: 'string', multiple: true, short: 'c' },
    yes: { type: 'boolean' },
  },
});
const stage = STAGE_NAMES.find((name) => name !== 'local' && name === values.stage);

if (!stage || Boolean(values.domain) !== Boolean(values.certificate)) {
  console.error(
    'usage: npm run deploy -- --stage sandbox|prod [--domain NAME --certificate ARN] [--context KEY=VALUE]… [--yes]',
  );
  process.exitCode = 2;
} else {
  await main({
    stage: stage as Deployment['stage'],
    ...(values.domain && values.certificate && { domain: { name: values.domain, certificateArn: values.certificate } }),
    context: values.context ?? [],
    yes: values.yes ?? false,
  });
}

async function main(deployment: Deployment): Promise<void> {
  const cloudFormation = new CloudFormationClient({});
  const clients = { s3: new S3Client({}), cloudFront: new CloudFrontClient({}) };
  const { url, dnsTarget } = await deployShop(
    {
      run,
      outputsOf: (stack) => outputsOf(cloudFormation, stack),
      publish: async (target) => {
        const files = await publishPages(clients, {
          ...target,
          folder: join(ROOT, 'web/dist'),
          reference: new Date().toISOString(),
        });
        console.log(`published ${files} files`);
      },
    },
    deployment,
  );
  console.log(`\nshop:     ${url}\nwebhooks: ${url}/webhooks/paypal`);
  if (dnsTarget) console.log(`DNS:      point the domain to ${dnsTarget} (alias or CNAME record)`);
}

const run = (program: string, args: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args[0]} failed with exit code ${code}`)),
    );
  });

async function outputsOf(client: CloudFormationClient, StackName: string) {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch((error) => {
    // CloudFormation has no error name of its own for a missing stack.
    if (/does not exist/.test(error.message)) return { Stacks: undefined };
    throw error;
  });
  const outputs = Stacks?.[0]?.Outputs;
  return outputs && Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
