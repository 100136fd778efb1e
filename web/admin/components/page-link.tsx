import { Anchor, type AnchorProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface PageLinkProps extends AnchorProps {
  /** Relative to `/admin`, such as `/events`. */
  to: string;
  children: ReactNode;
}

/** A link that navigates without a page load. */
export const PageLink = ({ to, children, ...anchorProps }: PageLinkProps) => (
  <Anchor component={Link} href={to} underline="always" inherit {...anchorProps}>
    {children}
  </Anchor>
);
