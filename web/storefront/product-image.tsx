import { useState } from 'react';
import classes from './product-image.module.css';

/** A product's picture, `/pictures/<SKU>.svg`; without one, its first letter. It says nothing that the name beside it does not say. */
export function ProductImage({ sku, name }: { sku: string; name: string }) {
  const [missing, setMissing] = useState(false);
  return (
    <div className={classes.tile} aria-hidden>
      {missing ? (
        <span className={classes.letter}>{name.charAt(0)}</span>
      ) : (
        <img
          className={classes.picture}
          src={`/pictures/${encodeURIComponent(sku)}.svg`}
          alt=""
          onError={() => setMissing(true)}
        />
      )}
    </div>
  );
}
