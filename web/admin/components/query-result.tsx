import { Alert, Skeleton, Stack, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatProblem } from '../format-problem.ts';
import { Problem } from './problem.tsx';
import { Time } from './time.tsx';

/** What TanStack Query knows of something that was asked. */
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

/** What was asked of the API: not there yet, there, there but no longer fresh, or not to be had. */
export function QueryResult<Data>({ query, children }: QueryResultProps<Data>) {
  if (query.data !== undefined)
    return (
      <>
        {query.isError && (
          <Alert color="yellow" role="status" title={formatProblem(query.error).title}>
            This is from <Time at={new Date(query.dataUpdatedAt).toISOString()} />. It is asked for again by itself.
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
