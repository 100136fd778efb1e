import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { STAGE_NAMES } from '../../../lib/stages.ts';
import { appOf } from './synth.ts';

it.each(STAGE_NAMES)('what is deployed to %s breaks no rule of AwsSolutions without a reason', (stage) => {
  const { app } = appOf(stage);

  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

it('a rule that is broken without a reason is found', () => {
  const { app, service } = appOf('prod');
  new Queue(service, 'careless');

  const broken = new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

  expect(broken.sort()).toEqual(['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
});
