import { stockRepository } from '../src/inventory/stock-repository.ts';
import { stockSteps } from '../src/inventory/stock-steps.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const stock = stockRepository(documentClient(), {
  products: requireEnv('PRODUCTS_TABLE'),
  reservations: requireEnv('RESERVATIONS_TABLE'),
});

export const handler = stepHandler('inventory', stockSteps(stock));
