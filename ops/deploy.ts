import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { originSecretName } from '../lib/names.ts';
import { command, DRY_RUN, JSON_OUTPUT, run } from './command.ts';
import { concurrencyQuotaOf } from './concurrency-quota.ts';
import { type DeployDeps, deployShop, diffShop } from './deploy-shop.ts';
import { AWS_STAGES } from './find-deployment.ts';
import { originSecretStore } from './origin-secret.ts';
import { publishPages } from './publish-pages.ts';
import { stackOutputs } from './stack-outputs.ts';

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
    .option('--rotate-origin-secret', 'replace the secret that CloudFront sends to the HTTP API')
    .option('--yes', 'do not ask before permissions change')
    .addOption(DRY_RUN)
    .addOption(JSON_OUTPUT)
    .action(
      async (
        { stage, domain, certificate, context, rotateOriginSecret = false, yes = false, dryRun, json },
        program,
      ) => {
        if (!domain !== !certificate) program.error('error: --domain and --certificate require each other');
        const deployment = {
          stage,
          ...(domain && certificate && { domain: { name: domain, certificateArn: certificate } }),
          context,
          rotateOriginSecret,
          yes,
        };
        const deps: DeployDeps = {
          run: (tool, args) => runTool(tool, args, json ? process.stderr : 'inherit'),
          outputsOf: (stack, region) => stackOutputs(new CloudFormationClient(region ? { region } : {}), stack),
          publish: async (target) => {
            const clients = { s3: new S3Client({}), cloudFront: new CloudFrontClient({}) };
            const reference = new Date().toISOString();
            const files = await publishPages(clients, { ...target, folder: join(ROOT, 'web/dist'), reference });
            console.error(`published ${files} files`);
          },
          originSecret: originSecretStore(new SecretsManagerClient({}), originSecretName(stage)),
          newSecret: () => randomBytes(32).toString('hex'),
          concurrencyQuota: () => concurrencyQuotaOf(new LambdaClient({})),
          report: (line) => console.error(`\n${line}\n`),
        };
        if (dryRun) return diffShop(deps, deployment);

        const { url, dnsTarget } = await deployShop(deps, deployment);
        const webhooks = `${url}/webhooks/paypal`;
        if (json) console.log(JSON.stringify({ url, webhook_url: webhooks, dns_target: dnsTarget ?? null }));
        else {
          console.log(`\nshop:     ${url}\nwebhooks: ${webhooks}`);
          if (dnsTarget) console.log(`DNS:      point the domain to ${dnsTarget} (alias or CNAME record)`);
        }
      },
    ),
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
