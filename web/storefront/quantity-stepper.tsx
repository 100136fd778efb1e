import { ActionIcon } from '@mantine/core';
import { withQuantity } from './basket.ts';
import classes from './quantity-stepper.module.css';
import { changeBasket } from './use-basket.ts';

interface QuantityStepperProps {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** The largest quantity that can be bought now. */
  readonly max: number;
}

/** Changes a product's quantity in the basket by one. */
export function QuantityStepper({ sku, name, quantity, max }: QuantityStepperProps) {
  const setQuantity = (next: number) => changeBasket((basket) => withQuantity(basket, sku, next));
  return (
    <fieldset className={classes.stepper} aria-label={`Quantity of ${name}`}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`Remove one ${name}`}
        onClick={() => setQuantity(quantity - 1)}
      >
        −
      </ActionIcon>
      <output className={classes.quantity}>{quantity}</output>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`Add one ${name}`}
        disabled={quantity >= max}
        onClick={() => setQuantity(quantity + 1)}
      >
        +
      </ActionIcon>
    </fieldset>
  );
}
