import { CopyButton, UnstyledButton } from '@mantine/core';
import { parseId } from '../parse-id.ts';
import classes from './id.module.css';
import { PageLink } from './page-link.tsx';

/** The page about an id; undefined when there is none. */
function pageOf(text: string): string | undefined {
  const id = parseId(text);
  if (id.kind === 'payment') return `/payments/${id.paymentId}`;
  if (id.kind === 'event') return `/events/${id.eventId}`;
  return undefined;
}

interface IdProps {
  value: string;
  /** Not a link, as on the page that it would lead to. */
  plain?: boolean;
}

/** An id with a copy button, and a link where there is a page about it. */
export function Id({ value, plain = false }: IdProps) {
  const page = plain ? undefined : pageOf(value);
  return (
    <span className={classes.id}>
      {page ? <PageLink to={page}>{value}</PageLink> : <span>{value}</span>}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <UnstyledButton onClick={copy} className={classes.copy} aria-label={`${copied ? 'Copied' : 'Copy'} ${value}`}>
            {copied ? <CheckIcon /> : <CopyIcon />}
          </UnstyledButton>
        )}
      </CopyButton>
    </span>
  );
}

export const InlineId = ({ children }: { children: string }) => <span className={classes.id}>{children}</span>;

/** Text whose ids are links. */
export const TextWithIds = ({ children }: { children: string }) =>
  children.split(/((?:pay|cs|ord)_[0-7][0-9A-HJKMNP-TV-Z]{25}|WH-[A-Z0-9-]+)/).map((part, index) => {
    const page = index % 2 === 1 ? pageOf(part) : undefined;
    return page ? (
      <PageLink key={part} to={page} className={classes.id}>
        {part}
      </PageLink>
    ) : (
      part
    );
  });

const CopyIcon = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor">
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </svg>
);

const CheckIcon = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
    <path d="m3 8.5 3 3 7-7" />
  </svg>
);
