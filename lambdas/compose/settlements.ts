import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { executionClient } from '../../src/settlements/execution-client.ts';
import { failedSettlementRepository } from '../../src/settlements/failed-settlement-repository.ts';
import { hourlyMetricsRepository } from '../../src/settlements/hourly-metrics-repository.ts';
import type { EnvName } from '../../src/shared/env.ts';

/** What every function that looks after settlements is made of. `env` reads the function's environment. */
export const composeSettlements = ({
  db,
  stepFunctions,
  env,
}: {
  db: DynamoDBDocumentClient;
  stepFunctions: SFNClient;
  env: (name: EnvName) => string;
}) => ({
  payments: paymentRepository(db, env('PAYMENTS_TABLE')),
  failed: failedSettlementRepository(db, env('OPERATIONS_TABLE')),
  hours: hourlyMetricsRepository(db, env('OPERATIONS_TABLE')),
  workflow: executionClient(stepFunctions, env('STATE_MACHINE_ARN')),
});
