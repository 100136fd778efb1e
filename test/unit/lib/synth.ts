import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DataStack } from '../../../lib/data-stack.ts';
import { ServiceStack } from '../../../lib/service-stack.ts';
import { type StageName, stageFrom } from '../../../lib/stages.ts';
import { WebStack } from '../../../lib/web-stack.ts';

/** A resource as a template has it. */
export interface Resource {
  readonly Type: string;
  /** What a template may hold is CloudFormation's business, and a wrong path fails the test. */
  readonly Properties: ReturnType<typeof JSON.parse>;
  readonly DeletionPolicy?: string;
}

/** The app of a stage, with the settings of cdk.json and what a deployment adds, whose functions are not bundled. */
export function appOf(stageName: StageName, added: Readonly<Record<string, string>> = {}) {
  const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));
  const app = new App({
    context: {
      ...context,
      stage: stageName,
      ...(stageName === 'local' && {
        simulatorUrl: 'http://127.0.0.1:4000',
        storefrontOrigin: 'http://127.0.0.1:8080',
      }),
      'aws:cdk:bundling-stacks': [],
      ...added,
    },
  });
  const stage = stageFrom(app.node);
  const data = new DataStack(app, stage);
  const service = new ServiceStack(app, { stage, data });
  const web = stage.hostsWeb ? new WebStack(app, { stage, service }) : undefined;
  return { app, data, service, web };
}

interface Templates {
  readonly data: Template;
  readonly service: Template;
  /** Missing where others serve the pages. */
  readonly web?: Template;
}

const made = new Map<StageName, Templates>();

/** The templates of a stage, made once for each. */
export function templatesOf(stageName: StageName): Templates {
  const known = made.get(stageName);
  if (known) return known;
  const { data, service, web } = appOf(stageName);
  const templates: Templates = {
    data: Template.fromStack(data),
    service: Template.fromStack(service),
    ...(web && { web: Template.fromStack(web) }),
  };
  made.set(stageName, templates);
  return templates;
}

/**
 * All resources of one type in all stacks of a stage, by their logical ids.
 * @throws Error when there are none: what is said of each of them would hold.
 */
export function resourcesOf(stageName: StageName, type: string): [string, Resource][] {
  const found = Object.values(templatesOf(stageName)).flatMap((template: Template) =>
    Object.entries(template.findResources(type) as Record<string, Resource>),
  );
  if (found.length === 0) throw new Error(`there is no ${type} at ${stageName}`);
  return found;
}
