import { join } from 'node:path';
import { AssetHashType, DockerImage, type Duration, Validations } from 'aws-cdk-lib';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import type { EnvName } from '../../lambdas/shared/env.ts';
import { metricNamespace } from '../../lambdas/shared/metric-names.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';

const LAMBDAS = join(import.meta.dirname, '../../lambdas');

/** How a function of this project differs from the others. */
export interface NodeLambdaProps {
  readonly stage: Stage;

  /** The folder under lambdas/ whose handler.ts is run; also names its logs. */
  readonly folder: string;

  readonly environment: Readonly<Partial<Record<EnvName, string>>>;

  readonly timeout: Duration;

  /** Of memory, in MiB; Lambda gives processor time in proportion. */
  readonly memorySize: number;
}

/** A function of this project: one folder under lambdas/, on our runtime, with a role of its own that may do nothing yet but log and trace. */
export class NodeLambda extends LambdaFunction {
  /** Made here, so it is never missing. */
  declare readonly role: IRole;

  constructor(scope: Construct, id: string, { stage, folder, ...props }: NodeLambdaProps) {
    const role = new Role(scope, `${id}-role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `lambdas/${folder} of settle-once ${stage.name}`,
    });
    const logGroup = new LogGroup(scope, `${id}-logs`, {
      logGroupName: `/settle-once/${stage.name}/${folder}`,
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    });

    super(scope, id, {
      code: bundleOf(folder),
      handler: 'index.handler',
      description: `lambdas/${folder}/handler.ts of settle-once ${stage.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      // Powertools writes its lines as JSON itself; Lambda's own JSON format would wrap them once more.
      loggingFormat: LoggingFormat.TEXT,
      environment: {
        POWERTOOLS_SERVICE_NAME: folder,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stage.name),
        ...props.environment,
      },
    });

    logGroup.grantWrite(role);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'xray:PutTraceSegments and xray:PutTelemetryRecords know no resources.',
    });
  }
}

/**
 * Puts a file and all that it imports in one, the AWS SDK included: it is the one that was tested, and loads faster than the runtime's.
 * esbuild is called directly, not by NodejsFunction, which starts npx for every function: half a second each.
 */
export const bundle = (entryPoint: string, outfile: string) =>
  buildSync({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS dependencies in an ES module still call require().
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    minify: true,
    // Source maps would more than double a package (172 to 400 kB zipped); names alone cost 10 kB, and make stack traces readable.
    sourcemap: false,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
  });

/** What is deployed of a folder. */
const bundleOf = (folder: string): Code =>
  Code.fromAsset(join(LAMBDAS, folder), {
    // The folder is not all that goes in: the hash is of what comes out.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputFolder: string) {
          bundle(join(LAMBDAS, folder, 'handler.ts'), join(outputFolder, 'index.mjs'));
          return true;
        },
      },
      // Asked for by the CDK, never used: the above does it all.
      image: DockerImage.fromRegistry('none'),
    },
  });
