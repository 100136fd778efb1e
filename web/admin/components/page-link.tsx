import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface PageLinkProps extends AnchorProps {
  /** Below `/admin`, such as `/events`. */
  to: string;
  children: ReactNode;
}

/** A link to another of these pages. */
export const PageLink = ({ to, children, ...looks }: PageLinkProps) => (
  <Anchor component={Link} href={to} underline="always" inherit {...looks}>
    {children}
  </Anchor>
);
