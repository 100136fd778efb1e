import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DataStack } from '../lib/data-stack.ts';
import { FirewallStack } from '../lib/firewall-stack.ts';
import { ServiceStack } from '../lib/service-stack.ts';
import { stageFrom } from '../lib/stages.ts';
import { WebStack } from '../lib/web-stack.ts';

const app = new App();
const stage = stageFrom(app.node);
const data = new DataStack(app, stage);
export const service = new ServiceStack(app, { stage, data });
if (stage.hostsWeb) new WebStack(app, { stage, service });
if (stage.hostsWeb && stage.firewall) new FirewallStack(app, { stage, limits: stage.firewall });

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
