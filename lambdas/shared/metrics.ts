import { Metrics } from '@aws-lambda-powertools/metrics';

/** Counts and times for CloudWatch, written as log lines: no call, no waiting. */
export const metrics = new Metrics();
