import { documentClient } from '../shared/dynamo.ts';
import { requireEnv } from '../shared/env.ts';
import { stepHandler } from '../shared/step.ts';
import { commitStock, holdStock, releaseStock, returnStock } from './settle-stock.ts';
import { stockRepository } from './stock-repository.ts';

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
