import { Button, Skeleton, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getSession, listProducts } from './api.ts';
import { holdingSession, isFull, withOwnItems } from './basket.ts';
import { BasketPanel } from './basket-panel.tsx';
import { isPayable } from './check-out.ts';
import { Layout } from './layout.tsx';
import { Notice } from './notice.tsx';
import { ProductCard } from './product-card.tsx';
import classes from './shop-page.module.css';
import { useBasket } from './use-basket.ts';

export function ShopPage() {
  const basket = useBasket();
  const sessionId = holdingSession(basket);
  const own = useQuery({
    queryKey: ['session', sessionId],
    queryFn: ({ signal }) => getSession(sessionId ?? '', { signal }),
    enabled: sessionId !== null,
  });
  const { data, isError, refetch } = useQuery({ queryKey: ['products'], queryFn: listProducts });
  const products = data && withOwnItems(data, own.data && isPayable(own.data) ? own.data.items : []);

  return (
    <Layout>
      <Title order={1}>Everything for your desk</Title>
      <Text c="dimmed" mb="lg">
        A small collection, made to last. Add items to your basket and pay with PayPal.
      </Text>
      <div className={classes.columns}>
        <section aria-label="Products" aria-busy={!products && !isError}>
          {products ? (
            <ul className={classes.products}>
              {products.map((product) => (
                <li key={product.sku}>
                  <ProductCard
                    product={product}
                    inBasket={basket.quantities[product.sku] ?? 0}
                    basketFull={isFull(basket)}
                  />
                </li>
              ))}
            </ul>
          ) : isError ? (
            <Notice title="We can’t load our products">
              <p>The shop isn’t responding. Your basket hasn’t changed.</p>
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
