import { CfnFunction } from 'aws-cdk-lib/aws-cloudfront';
import { service } from '../../bin/app.ts';

/* The app with a service stack whose creation fails when most of it exists: two resources have one name. */

const [first, second] = ['first', 'second'].map(
  (id) =>
    new CfnFunction(service, id, {
      name: 'taken',
      autoPublish: true,
      functionCode: 'function handler(event) { return event.request; }',
      functionConfig: { comment: id, runtime: 'cloudfront-js-2.0' },
    }),
);
if (first)
  second?.node.addDependency(first, ...service.node.children.filter((child) => child !== first && child !== second));
