import { Button, Text, Title } from '@mantine/core';
import type { Product } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import { withQuantity } from './basket.ts';
import classes from './product-card.module.css';
import { ProductImage } from './product-image.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import { changeBasket } from './use-basket.ts';
import { useFocusRestore } from './use-focus-restore.ts';

/** At or below this quantity, stock is shown as low. */
const LOW_STOCK = 5;

/** A product with its price, its stock, and the button that adds it to the basket. */
export function ProductCard({ product, inBasket }: { product: Product; inBasket: number }) {
  const { sku, name, unit_price, available } = product;
  // The last button increases the quantity, or adds the product again after its removal.
  const focusRestore = useFocusRestore((card) => [...card.querySelectorAll<HTMLElement>('button:enabled')].at(-1));
  return (
    <article {...focusRestore} className={classes.card} data-sold-out={available === 0 || undefined}>
      <ProductImage sku={sku} name={name} />
      <div className={classes.text}>
        <Title order={2} size="h5">
          {name}
        </Title>
        <Text>{formatMoney(unit_price)}</Text>
        <Text size="sm" className={available <= LOW_STOCK ? classes.lowStock : classes.inStock}>
          {available === 0 ? 'Sold out' : available <= LOW_STOCK ? `Only ${available} left` : `${available} in stock`}
        </Text>
      </div>
      {inBasket > 0 ? (
        <QuantityStepper sku={sku} name={name} quantity={inBasket} max={available} />
      ) : (
        <Button
          variant="light"
          px="xs"
          classNames={{ root: classes.button, label: classes.label }}
          disabled={available === 0}
          aria-label={`${available === 0 ? 'Sold out' : 'Add to basket'}: ${name}`}
          onClick={() => changeBasket((basket) => withQuantity(basket, sku, 1))}
        >
          {available === 0 ? 'Sold out' : 'Add to basket'}
        </Button>
      )}
    </article>
  );
}
