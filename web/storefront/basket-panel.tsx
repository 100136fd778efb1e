import { Button, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Product } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import { maxQuantityOf, withQuantity } from './basket.ts';
import classes from './basket-panel.module.css';
import { checkOut, notPayable, shortages, wasPaid } from './check-out.ts';
import { hasMixedCurrencies, multiplyForDisplay, sumForDisplay } from './money.ts';
import { Notice } from './notice.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import { changeBasket, useBasket } from './use-basket.ts';
import { useFocusRestore } from './use-focus-restore.ts';

interface BasketPanelProps {
  readonly products: readonly Product[];
  /** Refetches the products and their stock. */
  readonly reload: () => unknown;
}

/** The basket's items, their total, and the checkout button. */
export function BasketPanel({ products, reload }: BasketPanelProps) {
  const { quantities } = useBasket();
  const items = products.flatMap((product) => {
    const quantity = quantities[product.sku] ?? 0;
    return quantity > 0 ? [{ product, quantity, price: multiplyForDisplay(product.unit_price, quantity) }] : [];
  });
  const focusRestore = useFocusRestore((panel) => panel.querySelector<HTMLElement>('#basket'));
  const prices = items.map(({ price }) => price);
  const total = sumForDisplay(prices);
  const mixed = hasMixedCurrencies(prices);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () => checkOut(items.map(({ product: { sku }, quantity }) => ({ sku, quantity }))),
    // Not awaited: the error is shown at once.
    onError: () => void reload(),
  });

  return (
    <>
      {items.length > 0 && (
        <a href="#basket" className={classes.shortcut}>
          <span>View basket</span>
          <span>{total && formatMoney(total)}</span>
        </a>
      )}
      <Paper
        {...focusRestore}
        component="section"
        aria-labelledby="basket"
        withBorder
        radius="lg"
        p="lg"
        className={classes.panel}
      >
        <Title order={2} size="h4" id="basket" tabIndex={-1}>
          Your basket
        </Title>
        {items.length === 0 && (
          <Text c="dimmed" mt="xs">
            Your basket is empty. Add an item to check out.
          </Text>
        )}
        <ul className={classes.items}>
          {items.map(({ product, quantity, price }) => (
            <li key={product.sku}>
              <div className={classes.item}>
                <span>{product.name}</span>
                <span className={classes.price}>{formatMoney(price)}</span>
              </div>
              <QuantityStepper sku={product.sku} name={product.name} quantity={quantity} max={maxQuantityOf(product)} />
              {quantity > maxQuantityOf(product) && <QuantityWarning product={product} />}
            </li>
          ))}
        </ul>
        {total && (
          <p className={classes.total}>
            <span>Total</span>
            <span>{formatMoney(total)}</span>
          </p>
        )}
        {mixed && (
          <Text size="sm" mb="md" className={classes.warning}>
            Your items are priced in more than one currency. Remove some of them to check out in one currency.
          </Text>
        )}
        {error && (
          <CheckoutError
            error={error}
            products={products}
            onUpdate={(short) => {
              reset();
              changeBasket((basket) =>
                short.reduce((changed, { sku, available }) => withQuantity(changed, sku, available), basket),
              );
            }}
          />
        )}
        <Button fullWidth size="md" disabled={items.length === 0 || mixed} loading={isPending} onClick={() => mutate()}>
          Check out
        </Button>
        <Text size="sm" c="dimmed" mt="xs">
          Checking out reserves your items. You won’t be charged yet.
        </Text>
      </Paper>
    </>
  );
}

function QuantityWarning({ product }: { product: Product }) {
  const { sku, name, available } = product;
  const max = maxQuantityOf(product);
  return (
    <Text size="sm" className={classes.warning}>
      {max === 0 ? 'Sold out. ' : max < available ? `At most ${max} per order. ` : `Only ${max} left. `}
      <button
        type="button"
        className={classes.link}
        aria-label={max === 0 ? `Remove ${name}` : `Change to ${max}: ${name}`}
        onClick={() => changeBasket((basket) => withQuantity(basket, sku, max))}
      >
        {max === 0 ? 'Remove' : `Change to ${max}`}
      </button>
    </Text>
  );
}

interface CheckoutErrorProps {
  readonly error: Error;
  readonly products: readonly Product[];
  /** Limits the basket to the available quantities. */
  readonly onUpdate: (short: readonly { sku: string; available: number }[]) => void;
}

function CheckoutError({ error, products, onUpdate }: CheckoutErrorProps) {
  const nameOf = (sku: string) => products.find((product) => product.sku === sku)?.name || sku;
  const refused = notPayable(error);
  if (refused) {
    const names = [...new Set(refused.flatMap(({ sku }) => (sku === null ? [] : [nameOf(sku)])))];
    return (
      <Notice title="We can’t take payment for these items">
        <p>
          {names.length > 0
            ? `There’s a problem on our side with: ${names.join(', ')}. Remove it to check out the rest.`
            : 'The total of your basket can’t be paid through PayPal. Change your items to check out.'}
        </p>
        <p>Nothing has been reserved, and you haven’t been charged.</p>
      </Notice>
    );
  }
  if (wasPaid(error)) {
    return (
      <Notice title="Your earlier checkout was paid">
        <p>
          Its payment went through or is on its way, so it can’t be changed. Check out again to buy these items as well.
        </p>
      </Notice>
    );
  }
  const short = shortages(error);
  if (!short) {
    return (
      <Notice title="We couldn’t start your checkout">
        <p>You haven’t been charged. Try again in a moment; your items won’t be reserved twice.</p>
      </Notice>
    );
  }
  return (
    <Notice title="Not enough in stock">
      <ul>
        {short.map(({ sku, requested, available }) => (
          <li key={sku}>
            {nameOf(sku)}: {available === 0 ? 'sold out' : `only ${available} left`}, and you chose {requested}.
          </li>
        ))}
      </ul>
      <p>Nothing has been reserved, and you haven’t been charged.</p>
      <Button size="xs" variant="default" onClick={() => onUpdate(short)}>
        Update basket
      </Button>
    </Notice>
  );
}
