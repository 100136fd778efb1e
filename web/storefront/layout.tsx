import { Anchor } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './layout.module.css';
import { useBasket } from './use-basket.ts';

/** What the shop calls itself. */
const SHOP_NAME = 'Things for a desk';

interface LayoutProps {
  /** What the page is about; the browser shows it beside the shop's name. */
  readonly title?: string;

  /** Whether the page has little to say, so that it reads better in a narrow column. */
  readonly narrow?: boolean;

  readonly children: ReactNode;
}

/** What every page of the shop has around its content. */
export function Layout({ title, narrow = false, children }: LayoutProps) {
  useEffect(() => {
    document.title = title ? `${title} · ${SHOP_NAME}` : SHOP_NAME;
  }, [title]);
  const { pieces } = useBasket();
  const count = Object.values(pieces).reduce((sum, quantity) => sum + quantity, 0);

  return (
    <>
      <a className={classes.skip} href="#content">
        Skip to content
      </a>
      <header className={classes.header}>
        <a className={classes.name} href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          {SHOP_NAME}
        </a>
        <Anchor href="/#basket" className={classes.basket}>
          Basket <span className={classes.count}>{count}</span>
        </Anchor>
      </header>
      <main id="content" tabIndex={-1} className={narrow ? classes.narrow : classes.wide}>
        {children}
      </main>
      <footer className={classes.footer}>
        Payment by PayPal. What you pay becomes exactly one order, or comes back to you.
      </footer>
    </>
  );
}
