import { stockRepository } from '../src/inventory/stock-repository.ts';
import { commitStock, holdStock, releaseStock, returnStock } from '../src/inventory/stock-steps.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { requireEnv } from '../src/shared/env.ts';
import { stepHandler } from '../src/shared/step-handler.ts';

const stock = stockRepository(documentClient(), {
  products: requireEnv('PRODUCTS_TABLE'),
  reservations: requireEnv('RESERVATIONS_TABLE'),
});

/** The inventory's steps of the workflow. */
export const handler = stepHandler({
  CommitStock: (settlement) => commitStock(stock, settlement),
  ReleaseStock: (settlement) => releaseStock(stock, settlement),
  HoldStock: (settlement) => holdStock(stock, settlement),
  ReturnStock: (settlement) => returnStock(stock, settlement),
});
