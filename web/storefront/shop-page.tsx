import { Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { listProducts } from './api.ts';
import { BasketPanel } from './basket-panel.tsx';
import { Layout } from './layout.tsx';
import { Notice } from './notice.tsx';
import { ProductCard } from './product-card.tsx';
import classes from './shop-page.module.css';
import { useBasket } from './use-basket.ts';

/** What the shop sells, with what is left of it, and the basket. */
export function ShopPage() {
  const { data: products, isError, refetch } = useQuery({ queryKey: ['products'], queryFn: listProducts });
  const { pieces } = useBasket();

  return (
    <Layout>
      <Title order={1}>Good things for a desk</Title>
      <Text c="dimmed" mb="lg">
        Few, plain, and made to last. Put something aside, and pay with PayPal.
      </Text>
      <div className={classes.columns}>
        <section aria-label="Products" aria-busy={!products && !isError}>
          {products ? (
            <ul className={classes.products}>
              {products.map((product) => (
                <li key={product.sku}>
                  <ProductCard product={product} inBasket={pieces[product.sku] ?? 0} />
                </li>
              ))}
            </ul>
          ) : isError ? (
            <Notice title="The shop does not answer">
              <p>Nothing is lost: your basket stays as it is.</p>
              <Button size="xs" variant="default" onClick={() => refetch()}>
                Try again
              </Button>
            </Notice>
          ) : (
            <ul className={classes.products}>
              {[1, 2, 3, 4, 5, 6].map((n) => (
                <li key={n}>
                  <Skeleton height={300} radius="lg" />
                </li>
              ))}
            </ul>
          )}
        </section>
        {products && <BasketPanel products={products} reload={refetch} />}
      </div>
    </Layout>
  );
}
