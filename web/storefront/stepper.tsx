import { ActionIcon } from '@mantine/core';
import { withPieces } from './basket.ts';
import classes from './stepper.module.css';
import { changeBasket } from './use-basket.ts';

interface StepperProps {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  /** Pieces that can be had. */
  readonly most: number;
}

/** How many pieces of a product are in the basket: one more, one less. */
export function Stepper({ sku, name, quantity, most }: StepperProps) {
  const setTo = (wanted: number) => changeBasket((basket) => withPieces(basket, sku, wanted));
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
