import { Button, Text, Title } from '@mantine/core';
import type { Product } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import { maxQuantityOf, withQuantity } from './basket.ts';
import classes from './product-card.module.css';
import { ProductImage } from './product-image.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import { changeBasket } from './use-basket.ts';
import { useFocusRestore } from './use-focus-restore.ts';

/** At or below this quantity, stock is shown as low. */
const LOW_STOCK = 5;

interface ProductCardProps {
  readonly product: Product;
  readonly inBasket: number;
  /** Whether no further product can be added. */
  readonly basketFull: boolean;
}

/** A product with its price, its stock, and the button that adds it to the basket. */
export function ProductCard({ product, inBasket, basketFull }: ProductCardProps) {
  const { sku, name, unit_price, available } = product;
  // The last button increases the quantity, or adds the product again after its removal.
  const focusRestore = useFocusRestore((card) => [...card.querySelectorAll<HTMLElement>('button:enabled')].at(-1));
  const label = available === 0 ? 'Sold out' : basketFull ? 'Basket full' : 'Add to basket';
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
        <QuantityStepper sku={sku} name={name} quantity={inBasket} max={maxQuantityOf(product)} />
      ) : (
        <Button
          variant="light"
          px="xs"
          classNames={{ root: classes.button, label: classes.label }}
          disabled={available === 0 || basketFull}
          aria-label={`${label}: ${name}`}
          onClick={() => changeBasket((basket) => withQuantity(basket, sku, 1))}
        >
          {label}
        </Button>
      )}
    </article>
  );
}
