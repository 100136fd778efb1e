import { Alert, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatProblem } from '../format-problem.ts';
import { Problem } from './problem.tsx';
import { Time } from './time.tsx';

/** The part of TanStack Query's result that is used here. */
export interface Query<Data> {
  data: Data | undefined;
  error: unknown;
  isError: boolean;
  /** Milliseconds. */
  dataUpdatedAt: number;
  refetch: () => unknown;
}

interface QueryResultProps<Data> {
  query: Query<Data>;
  children: (data: Data) => ReactNode;
}

/** A query's data, with a warning when it is stale; a skeleton while it loads; its error when there is no data. */
export function QueryResult<Data>({ query, children }: QueryResultProps<Data>) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && (
          <Alert color="yellow" role="status" title={formatProblem(query.error).title}>
            Showing data from <Time at={new Date(query.dataUpdatedAt).toISOString()} />. This page retries
            automatically.
          </Alert>
        )}
        {children(query.data)}
      </>
    );
  if (query.isError) return <Problem error={query.error} retry={query.refetch} />;
  return (
    <Stack role="status" gap="sm">
      <VisuallyHidden>Loading…</VisuallyHidden>
      <Skeleton height={20} width="40%" />
      <Skeleton height={20} />
      <Skeleton height={20} width="80%" />
    </Stack>
  );
}
