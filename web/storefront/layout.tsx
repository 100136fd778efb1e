import { Anchor } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import classes from './layout.module.css';
import { useBasket } from './use-basket.ts';

const SHOP_NAME = 'Desk Goods';

interface LayoutProps {
  /** Shown in the browser tab, before the shop's name. */
  readonly title?: string;

  /** A single reading column. */
  readonly narrow?: boolean;

  readonly children: ReactNode;
}

/** Header, content and footer of every shop page. */
export function Layout({ title, narrow = false, children }: LayoutProps) {
  useEffect(() => {
    document.title = title ? `${title} · ${SHOP_NAME}` : SHOP_NAME;
  }, [title]);
  const { quantities } = useBasket();
  const count = Object.values(quantities).reduce((sum, quantity) => sum + quantity, 0);

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
        Payments by PayPal. Every payment becomes exactly one order, or is refunded.
      </footer>
    </>
  );
}
