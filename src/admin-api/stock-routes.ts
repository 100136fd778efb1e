import type { Caller } from '../access/caller.ts';
import type { StockRepository } from '../inventory/stock-repository.ts';
import { type ReleaseHeldStockDeps, releaseHeldStock } from '../reconciliation/release-held-stock.ts';
import { Problem } from '../shared/http/problem.ts';
import { parseBody } from '../shared/http/request.ts';
import type { Api } from '../shared/http/router.ts';
import { type AuditDeps, recordAction } from './audit.ts';
import { releaseHeldRequest } from './requests.ts';

export interface StockRoutesDeps extends AuditDeps, ReleaseHeldStockDeps {
  readonly stock: ReleaseHeldStockDeps['stock'] & Pick<StockRepository, 'productsOf'>;
}

/** Stock that sessions without payment hold: release. */
export function stockRoutes(api: Api<Caller>, deps: StockRoutesDeps): void {
  api.post('/api/v1/admin/stock/release-held', async ({ event, caller }) => {
    const { sku, reason } = parseBody(releaseHeldRequest, event);
    const { products, unreadable } = await deps.stock.productsOf([sku]);
    if (products.length + unreadable.length === 0)
      throw new Problem('unknown-product', `unknown SKU: ${sku}`, { skus: [sku] });
    await recordAction(deps, { actor: caller.id, action: 'release-held', target: sku, reason });
    return { status: 200, body: await releaseHeldStock(deps, sku) };
  });
}
