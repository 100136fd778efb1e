import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { S3Client } from '@aws-sdk/client-s3';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { command, DRY_RUN, JSON_OUTPUT, run } from './command.ts';
import { type DeployDeps, deployShop, diffShop } from './deploy-shop.ts';
import { AWS_STAGES } from './find-deployment.ts';
import { publishPages } from './publish-pages.ts';

const ROOT = join(import.meta.dirname, '..');

await run(
  command(
    'npm run deploy',
    'Deploys a stage to AWS, pages included. Account and region come from the environment: docs/deploying.md',
  )
    .addOption(new Option('--stage <name>', 'the stage').choices(AWS_STAGES).makeOptionMandatory())
    .option('--domain <name>', "the shop's own domain, with --certificate (default: that of the previous deployment)")
    .option('--certificate <arn>', 'its certificate in us-east-1')
    .option('-c, --context <key=value>', 'a context value for the CDK; may be repeated', contextValue, [])
    .option('--yes', 'do not ask before permissions change')
    .addOption(DRY_RUN)
    .addOption(JSON_OUTPUT)
    .action(async ({ stage, domain, certificate, context, yes = false, dryRun, json }, program) => {
      if (!domain !== !certificate) program.error('error: --domain and --certificate require each other');
      const deployment = {
        stage,
        ...(domain && certificate && { domain: { name: domain, certificateArn: certificate } }),
        context,
        yes,
      };
      const cloudFormation = new CloudFormationClient({});
      const deps: DeployDeps = {
        run: (tool, args) => runTool(tool, args, json ? process.stderr : 'inherit'),
        outputsOf: (stack) => outputsOf(cloudFormation, stack),
        publish: async (target) => {
          const clients = { s3: new S3Client({}), cloudFront: new CloudFrontClient({}) };
          const reference = new Date().toISOString();
          const files = await publishPages(clients, { ...target, folder: join(ROOT, 'web/dist'), reference });
          console.error(`published ${files} files`);
        },
      };
      if (dryRun) return diffShop(deps, deployment);

      const { url, dnsTarget } = await deployShop(deps, deployment);
      const webhooks = `${url}/webhooks/paypal`;
      if (json) console.log(JSON.stringify({ url, webhook_url: webhooks, dns_target: dnsTarget ?? null }));
      else {
        console.log(`\nshop:     ${url}\nwebhooks: ${webhooks}`);
        if (dnsTarget) console.log(`DNS:      point the domain to ${dnsTarget} (alias or CNAME record)`);
      }
    }),
);

function contextValue(text: string, before: readonly string[]): string[] {
  if (!/^[^=]+=/.test(text)) throw new InvalidArgumentError('Expected KEY=VALUE.');
  return [...before, text];
}

function runTool(tool: string, args: readonly string[], stdout: NodeJS.WriteStream | 'inherit'): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(tool, args, { cwd: ROOT, stdio: ['inherit', stdout, 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${tool} ${args[0]} failed with exit code ${code}`)),
    );
  });
}

async function outputsOf(client: CloudFormationClient, StackName: string) {
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch((error) => {
    // CloudFormation has no error name of its own for a missing stack.
    if (/does not exist/.test(error.message)) return { Stacks: undefined };
    throw error;
  });
  const outputs = Stacks?.[0]?.Outputs;
  return outputs && Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
}
