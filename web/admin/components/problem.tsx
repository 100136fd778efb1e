import { Alert, Button, Stack, Text } from '@mantine/core';
import { formatProblem } from '../format-problem.ts';

/** An error, what to do next, and a retry button. */
export function Problem({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const { title, next } = formatProblem(error);
  return (
    <Alert color="red" role="alert" title={title}>
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{next}</Text>
        {retry && (
          <Button size="xs" variant="default" onClick={() => retry()}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
