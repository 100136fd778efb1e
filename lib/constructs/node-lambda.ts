import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage, type Duration } from 'aws-cdk-lib';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { buildSync, type Metafile } from 'esbuild';
import { parse } from 'yaml';
import type { EnvName } from '../../src/shared/env.ts';
import { metricNamespace } from '../../src/shared/metric-names.ts';
import { removalPolicyOf, type Stage } from '../stages.ts';
import { NOTICES_FILE, thirdPartyNotices } from '../third-party-notices.ts';

const LAMBDAS = join(import.meta.dirname, '../../lambdas');
const BUNDLED = join(import.meta.dirname, '../bundled');

/** Packages of which a function needs little, and what is bundled in their place. */
const REPLACED = {
  '@aws-sdk/credential-provider-node': join(BUNDLED, 'credential-provider-node.ts'),
  '@aws-lambda-powertools/jmespath': join(BUNDLED, 'jmespath.ts'),
  '@aws-lambda-powertools/jmespath/functions': join(BUNDLED, 'jmespath.ts'),
};

export interface NodeLambdaProps {
  readonly stage: Stage;

  /** The entry under lambdas/, without `.ts`; also names the log group. */
  readonly name: string;

  readonly environment: Readonly<Partial<Record<EnvName, string>>>;

  readonly timeout: Duration;

  /** MiB; Lambda allocates CPU in proportion. */
  readonly memorySize: number;

  /** @default - shares the account's concurrency with all other functions */
  readonly reservedConcurrency?: number | undefined;
}

/** A function of one entry under lambdas/, with a role of its own that initially may only log. */
export class NodeLambda extends LambdaFunction {
  /** Always set: created in the constructor. */
  declare readonly role: IRole;

  constructor(scope: Construct, id: string, { stage, name, ...props }: NodeLambdaProps) {
    const role = new Role(scope, `${id}-role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `lambdas/${name} of settle-once ${stage.name}`,
    });
    const logGroup = new LogGroup(scope, `${id}-logs`, {
      logGroupName: `/settle-once/${stage.name}/${name}`,
      retention: stage.logRetention,
      removalPolicy: removalPolicyOf(stage),
    });

    super(scope, id, {
      code: bundleOf(name),
      handler: 'index.handler',
      description: `lambdas/${name}.ts of settle-once ${stage.name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      ...(props.reservedConcurrency && { reservedConcurrentExecutions: props.reservedConcurrency }),
      role,
      logGroup,
      // Powertools logs JSON lines; Lambda's own JSON format would wrap them again.
      loggingFormat: LoggingFormat.TEXT,
      environment: {
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: metricNamespace(stage.name),
        ...props.environment,
      },
    });

    logGroup.grantWrite(role);
  }
}

/**
 * Bundles an entry with everything that it imports. The AWS SDK is included: it is the tested version, and loads faster
 * than the runtime's. Calls esbuild directly, because NodejsFunction starts npx for every function, half a second each.
 */
export const bundle = (entryPoint: string, outfile: string, alias: Readonly<Record<string, string>> = REPLACED) =>
  buildSync({
    alias: { ...alias },
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // CommonJS dependencies in an ES module still call require().
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    // Parsed here, as the YAML parser would take 170 ms of the function's init. A string: for an object, esbuild adds
    // 2.4 kB to every bundle.
    define: { OPENAPI_JSON: JSON.stringify(openApiJson()) },
    minify: true,
    // Dependencies have nothing but coverage pragmas there; their licences are in the notices file.
    legalComments: 'none',
    charset: 'utf8',
    // Source maps would more than double a package (172 to 400 kB zipped). Names cost 10 kB and make stack traces
    // readable.
    sourcemap: false,
    keepNames: true,
    metafile: true,
    logLevel: 'warning',
  });

/** Writes the code of a function and the licences of what is bundled in it. @returns the bundled files */
export function writePackage(name: string, folder: string): string[] {
  const { metafile } = bundle(join(LAMBDAS, `${name}.ts`), join(folder, 'index.mjs'));
  const files = bundledFilesOf(metafile);
  writeFileSync(join(folder, NOTICES_FILE), thirdPartyNotices(files));
  return files;
}

/** Not all inputs of the metafile: those include files that were tree-shaken. */
export const bundledFilesOf = ({ outputs }: Metafile): string[] =>
  Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );

let cachedOpenApiJson: string | undefined;
const openApiJson = (): string => {
  cachedOpenApiJson ??= JSON.stringify(parse(readFileSync(join(LAMBDAS, '../docs/openapi.yaml'), 'utf8')));
  return cachedOpenApiJson;
};

const bundleOf = (name: string): Code =>
  Code.fromAsset(LAMBDAS, {
    // Imports come from outside lambdas/ too, so the hash is of the output.
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle(outputFolder: string) {
          writePackage(name, outputFolder);
          return true;
        },
      },
      // Required by the CDK and never run. The command is part of its cache key, which distinguishes the entries.
      image: DockerImage.fromRegistry('none'),
      command: [name],
    },
  });
