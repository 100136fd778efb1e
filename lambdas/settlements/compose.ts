import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { paymentRepository } from '../payments/payment-repository.ts';
import type { EnvName } from '../shared/env.ts';
import { failedSettlementRepository } from './failed-settlement-repository.ts';
import { hourRepository } from './hour-repository.ts';
import { workflow } from './workflow.ts';

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
  hours: hourRepository(db, env('OPERATIONS_TABLE')),
  workflow: workflow(stepFunctions, env('STATE_MACHINE_ARN')),
});
