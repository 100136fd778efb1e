import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { STAGE_NAMES } from '../../../lib/names.ts';
import { appOf } from './synth.ts';

it.each(STAGE_NAMES)('stage %s violates no AwsSolutions rule without a stated reason', (stage) => {
  const { app } = appOf(stage);

  expect(new AwsSolutionsChecks(app).validateScope(app).violations).toEqual([]);
});

it('AwsSolutions reports a queue without TLS and dead-letter queue', () => {
  const { app, service } = appOf('prod');
  new Queue(service, 'careless');

  const violations = new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);

  expect(violations.sort()).toEqual(['AwsSolutions-SQS3', 'AwsSolutions-SQS4']);
});
