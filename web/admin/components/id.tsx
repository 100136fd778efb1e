import { CopyButton, UnstyledButton } from '@mantine/core';
import { parseId } from '../parse-id.ts';
import { PageLink } from './page-link.tsx';

/** Where an id leads to; undefined when there is no page about it. */
function pageOf(id: string): string | undefined {
  const wanted = parseId(id);
  if (wanted.kind === 'payment') return `/payments/${wanted.paymentId}`;
  if (wanted.kind === 'event') return `/events/${wanted.eventId}`;
  return undefined;
}

interface IdProps {
  value: string;
  /** Whether to leave it a mere text, as on the page that it leads to. */
  plain?: boolean;
}

/** An id that can be followed, if there is a page about it, and copied. */
export function Id({ value, plain = false }: IdProps) {
  const page = plain ? undefined : pageOf(value);
  return (
    <span className="id">
      {page ? <PageLink to={page}>{value}</PageLink> : <span>{value}</span>}
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <UnstyledButton onClick={copy} className="copy" aria-label={copied ? `${value} is copied` : `Copy ${value}`}>
            {copied ? <Tick /> : <Sheets />}
          </UnstyledButton>
        )}
      </CopyButton>
    </span>
  );
}

/** A sentence in which ids can be followed. */
export const TextWithIds = ({ children }: { children: string }) =>
  children.split(/((?:pay|cs|ord)_[0-7][0-9A-HJKMNP-TV-Z]{25}|WH-[A-Z0-9-]+)/).map((part, index) => {
    const page = index % 2 === 1 ? pageOf(part) : undefined;
    return page ? (
      <PageLink key={part} to={page} className="id">
        {part}
      </PageLink>
    ) : (
      part
    );
  });

const Sheets = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor">
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2" />
  </svg>
);

const Tick = () => (
  <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
    <path d="m3 8.5 3 3 7-7" />
  </svg>
);
