import { SFNClient } from '@aws-sdk/client-sfn';
import { dynamoClient } from '../src/shared/dynamo.ts';
import { requireEnv, requirePayPal, requireTables } from '../src/shared/env.ts';
import { behindFrontDoor } from '../src/shared/http/front-door.ts';
import { logger } from '../src/shared/logger.ts';
import { storefrontApi } from '../src/storefront-api/api.ts';
import { wireStorefront } from './wiring.ts';

const api = storefrontApi(
  wireStorefront({
    dynamo: dynamoClient(),
    stepFunctions: new SFNClient({}),
    tables: requireTables('products', 'reservations', 'sessions', 'payments', 'orders', 'operations', 'idempotency'),
    stateMachineArn: requireEnv('STATE_MACHINE_ARN'),
    paypal: requirePayPal(),
    dueAfterSeconds: Number(requireEnv('DUE_AFTER_SECONDS')),
    storefrontOrigin: requireEnv('STOREFRONT_ORIGIN'),
    version: requireEnv('VERSION'),
  }),
);

/** The storefront API, except the polled payment status. */
export const handler = behindFrontDoor(requireEnv('ORIGIN_SECRET_HASHES'), async (event, context) => {
  logger.resetKeys();
  logger.addContext(context);
  return api.resolve(event, context);
});
