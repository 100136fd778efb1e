import { Button, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Product } from '../api/schema.ts';
import { formatMoney } from '../page/format-money.ts';
import { withQuantity } from './basket.ts';
import classes from './basket-panel.module.css';
import { checkOut, shortages } from './check-out.ts';
import { hasMixedCurrencies, multiplyForDisplay, sumForDisplay } from './money.ts';
import { Notice } from './notice.tsx';
import { QuantityStepper } from './quantity-stepper.tsx';
import { changeBasket, useBasket } from './use-basket.ts';
import { useFocusRestore } from './use-focus-restore.ts';

interface BasketPanelProps {
  readonly products: readonly Product[];
  /** Asks again what is left. */
  readonly reload: () => unknown;
}

/** What the shopper has put aside, what it costs, and the way to pay. */
export function BasketPanel({ products, reload }: BasketPanelProps) {
  const { pieces } = useBasket();
  const lines = products.flatMap((product) => {
    const quantity = pieces[product.sku] ?? 0;
    return quantity > 0 ? [{ ...product, quantity, price: multiplyForDisplay(product.unit_price, quantity) }] : [];
  });
  const kept = useFocusRestore((panel) => panel.querySelector<HTMLElement>('#basket'));
  const prices = lines.map(({ price }) => price);
  const total = sumForDisplay(prices);
  const mixed = hasMixedCurrencies(prices);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: () => checkOut(lines),
    // What is left is asked at the same time: what went wrong does not wait for that.
    onError: () => void reload(),
  });

  return (
    <>
      {lines.length > 0 && (
        <a href="#basket" className={classes.shortcut}>
          <span>To your basket</span>
          <span>{total && formatMoney(total)}</span>
        </a>
      )}
      <Paper
        {...kept}
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
        {lines.length === 0 && (
          <Text c="dimmed" mt="xs">
            Nothing in it yet.
          </Text>
        )}
        <ul className={classes.lines}>
          {lines.map(({ sku, name, quantity, available, price }) => (
            <li key={sku}>
              <div className={classes.line}>
                <span>{name}</span>
                <span className={classes.price}>{formatMoney(price)}</span>
              </div>
              <QuantityStepper sku={sku} name={name} quantity={quantity} most={available} />
              {quantity > available && <TooMany sku={sku} name={name} available={available} />}
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
            These prices are in more than one currency, and you can pay in one at a time. Leave some of it out for now.
          </Text>
        )}
        {error && (
          <Trouble
            error={error}
            products={products}
            retake={(left) => {
              reset();
              changeBasket((basket) =>
                left.reduce((less, { sku, available }) => withQuantity(less, sku, available), basket),
              );
            }}
          />
        )}
        <Button fullWidth size="md" disabled={lines.length === 0 || mixed} loading={isPending} onClick={() => mutate()}>
          Check out
        </Button>
        <Text size="sm" c="dimmed" mt="xs">
          Checking out reserves the items for you. You pay nothing yet.
        </Text>
      </Paper>
    </>
  );
}

function TooMany({ sku, name, available }: { sku: string; name: string; available: number }) {
  return (
    <Text size="sm" className={classes.warning}>
      {available === 0 ? 'Sold out meanwhile. ' : `Only ${available} left. `}
      <button
        type="button"
        className={classes.link}
        aria-label={available === 0 ? `Leave ${name} out` : `Take ${available} of ${name}`}
        onClick={() => changeBasket((basket) => withQuantity(basket, sku, available))}
      >
        {available === 0 ? 'Leave it out' : `Take ${available}`}
      </button>
    </Text>
  );
}

interface TroubleProps {
  readonly error: Error;
  readonly products: readonly Product[];
  readonly retake: (left: readonly { sku: string; available: number }[]) => void;
}

/** Why checking out did not work. */
function Trouble({ error, products, retake }: TroubleProps) {
  const short = shortages(error);
  if (!short) {
    return (
      <Notice title="That did not work">
        <p>Nothing was charged. Please try again in a moment; you will not reserve twice.</p>
      </Notice>
    );
  }
  const nameOf = (sku: string) => products.find((product) => product.sku === sku)?.name ?? sku;
  return (
    <Notice title="Somebody was quicker">
      <ul>
        {short.map(({ sku, requested, available }) => (
          <li key={sku}>
            {nameOf(sku)}: you wanted {requested}, {available === 0 ? 'none is left' : `${available} left`}.
          </li>
        ))}
      </ul>
      <p>Nothing was reserved, and nothing charged.</p>
      <Button size="xs" variant="default" onClick={() => retake(short)}>
        Take what is left
      </Button>
    </Notice>
  );
}
