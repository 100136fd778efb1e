import { Button, EmptyState, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Query, QueryResult } from './query-result.tsx';

interface PaginatedListProps<Page, Row> {
  /** What TanStack Query knows of the list, which comes page by page. */
  query: Query<{ pages: Page[] }> & {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  rowsOf: (page: Page) => readonly Row[];
  /** What to say where there is nothing, and what to do about it. */
  empty: { title: string; next: string };
  children: (rows: readonly Row[]) => ReactNode;
}

/** A list as far as it is loaded, and the way to the rest of it. */
export const PaginatedList = <Page, Row>({ query, rowsOf, empty, children }: PaginatedListProps<Page, Row>) => (
  <QueryResult query={query}>
    {({ pages }) => {
      const rows = pages.flatMap(rowsOf);
      return (
        <>
          {rows.length > 0 && children(rows)}
          {rows.length === 0 && !query.hasNextPage && <EmptyState title={empty.title} description={empty.next} />}
          {rows.length === 0 && query.hasNextPage && (
            <Text size="sm">Nothing among the newest; there may be more further back.</Text>
          )}
          {query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              Show more
            </Button>
          )}
        </>
      );
    }}
  </QueryResult>
);
