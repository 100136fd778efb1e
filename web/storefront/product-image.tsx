import { useState } from 'react';
import classes from './product-image.module.css';

/** `/pictures/<SKU>.svg`, or the name's first letter. Decorative: the name stands beside it. */
export function ProductImage({ sku, name }: { sku: string; name: string }) {
  const [missing, setMissing] = useState(false);
  return (
    <div className={classes.tile} aria-hidden>
      {missing ? (
        <span className={classes.letter}>{name.charAt(0)}</span>
      ) : (
        <img
          className={classes.image}
          src={`/pictures/${encodeURIComponent(sku)}.svg`}
          alt=""
          onError={() => setMissing(true)}
        />
      )}
    </div>
  );
}
