import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DataStack } from '../../../lib/data-stack.ts';
import { FirewallStack } from '../../../lib/firewall-stack.ts';
import type { StageName } from '../../../lib/names.ts';
import { ServiceStack } from '../../../lib/service-stack.ts';
import { stageFrom } from '../../../lib/stages.ts';
import { WebStack } from '../../../lib/web-stack.ts';

export interface Resource {
  readonly Type: string;
  /** Untyped: a wrong path fails the test. */
  readonly Properties: ReturnType<typeof JSON.parse>;
  readonly DeletionPolicy?: string;
}

/** The app of a stage with the context of cdk.json and of a deployment, without bundling functions. */
export function appOf(stageName: StageName, extraContext: Readonly<Record<string, string>> = {}) {
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
      ...extraContext,
    },
  });
  const stage = stageFrom(app.node);
  const data = new DataStack(app, stage);
  const service = new ServiceStack(app, { stage, data });
  const web = stage.hostsWeb ? new WebStack(app, { stage, service }) : undefined;
  const firewall =
    stage.hostsWeb && stage.firewall ? new FirewallStack(app, { stage, limits: stage.firewall }) : undefined;
  return { app, data, service, web, firewall };
}

interface Templates {
  readonly data: Template;
  readonly service: Template;
  /** Missing in stage local. */
  readonly web?: Template;
  /** In stage prod only. */
  readonly firewall?: Template;
}

const cache = new Map<StageName, Templates>();

/** Synthesized once per stage. */
export function templatesOf(stageName: StageName): Templates {
  const cached = cache.get(stageName);
  if (cached) return cached;
  const { data, service, web, firewall } = appOf(stageName);
  const templates: Templates = {
    data: Template.fromStack(data),
    service: Template.fromStack(service),
    ...(web && { web: Template.fromStack(web) }),
    ...(firewall && { firewall: Template.fromStack(firewall) }),
  };
  cache.set(stageName, templates);
  return templates;
}

/**
 * All resources of one type in all stacks of a stage, with their logical ids.
 * @throws Error when there are none: assertions on each of them would pass.
 */
export function resourcesOf(stageName: StageName, type: string): [string, Resource][] {
  const found = Object.values(templatesOf(stageName)).flatMap((template: Template) =>
    Object.entries(template.findResources(type) as Record<string, Resource>),
  );
  if (found.length === 0) throw new Error(`no ${type} in stage ${stageName}`);
  return found;
}
