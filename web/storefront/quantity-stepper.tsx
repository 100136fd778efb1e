import { ActionIcon } from '@mantine/core';
import { withQuantity } from './basket.ts';
import classes from './quantity-stepper.module.css';
import { changeBasket } from './use-basket.ts';

interface QuantityStepperProps {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Pieces that can be had. */
  readonly most: number;
}

/** How many pieces of a product are in the basket: one more, one less. */
export function QuantityStepper({ sku, name, quantity, most }: QuantityStepperProps) {
  const setTo = (wanted: number) => changeBasket((basket) => withQuantity(basket, sku, wanted));
  return (
    <fieldset className={classes.stepper} aria-label={`Pieces of ${name}`}>
      <ActionIcon variant="default" size="lg" aria-label={`One ${name} less`} onClick={() => setTo(quantity - 1)}>
        −
      </ActionIcon>
      <output className={classes.quantity}>{quantity}</output>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={`One more ${name}`}
        disabled={quantity >= most}
        onClick={() => setTo(quantity + 1)}
      >
        +
      </ActionIcon>
    </fieldset>
  );
}
