import { Button, EmptyState, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Query, QueryResult } from './query-result.tsx';

interface PaginatedListProps<Page, Row> {
  query: Query<{ pages: Page[] }> & {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  rowsOf: (page: Page) => readonly Row[];
  empty: { title: string; next: string };
  children: (rows: readonly Row[]) => ReactNode;
}

/** The loaded pages of a list, with a button that loads the next one. */
export const PaginatedList = <Page, Row>({ query, rowsOf, empty, children }: PaginatedListProps<Page, Row>) => (
  <QueryResult query={query}>
    {({ pages }) => {
      const rows = pages.flatMap(rowsOf);
      return (
        <>
          {rows.length > 0 && children(rows)}
          {rows.length === 0 && !query.hasNextPage && <EmptyState title={empty.title} description={empty.next} />}
          {rows.length === 0 && query.hasNextPage && (
            <Text size="sm">No matches among the newest entries. Load more to search older ones.</Text>
          )}
          {query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              Load more
            </Button>
          )}
        </>
      );
    }}
  </QueryResult>
);
