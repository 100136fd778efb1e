import { Button, Text, Title } from '@mantine/core';
import type { Product } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import { withQuantity } from './basket.ts';
import classes from './product-card.module.css';
import { ProductImage } from './product-image.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import { changeBasket } from './use-basket.ts';
import { useFocusRestore } from './use-focus-restore.ts';

/** Up to so many pieces, a shopper is told to be quick. */
const FEW = 5;

/** One product: what it costs, what is left of it, and the way into the basket. */
export function ProductCard({ product, inBasket }: { product: Product; inBasket: number }) {
  const { sku, name, unit_price, available } = product;
  // One more, or into the basket once more.
  const kept = useFocusRestore((card) => [...card.querySelectorAll<HTMLElement>('button:enabled')].at(-1));
  return (
    <article {...kept} className={classes.card} data-sold-out={available === 0 || undefined}>
      <ProductImage sku={sku} name={name} />
      <div className={classes.words}>
        <Title order={2} size="h5">
          {name}
        </Title>
        <Text>{formatMoney(unit_price)}</Text>
        <Text size="sm" className={available <= FEW ? classes.few : classes.plenty}>
          {available === 0 ? 'Sold out' : available <= FEW ? `Only ${available} left` : `${available} left`}
        </Text>
      </div>
      {inBasket > 0 ? (
        <QuantityStepper sku={sku} name={name} quantity={inBasket} most={available} />
      ) : (
        <Button
          variant="light"
          px="xs"
          classNames={{ root: classes.button, label: classes.label }}
          disabled={available === 0}
          aria-label={`${available === 0 ? 'Sold out' : 'Put into basket'}: ${name}`}
          onClick={() => changeBasket((basket) => withQuantity(basket, sku, 1))}
        >
          {available === 0 ? 'Sold out' : 'Put into basket'}
        </Button>
      )}
    </article>
  );
}
