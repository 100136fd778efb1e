import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKey } from '../../api/schema.ts';
import * as api from '../api.ts';
import { Problem } from './problem.tsx';

/** Revokes an API key at once. */
export function RevokeApiKeyDialog({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  const [opened, setOpened] = useState(false);
  const queryClient = useQueryClient();
  const revocation = useMutation({
    mutationFn: () => api.revokeApiKey(id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: api.apiKeys.queryKey }),
  });
  const close = () => setOpened(false);
  return (
    <>
      <Button size="xs" variant="default" aria-label={`Revoke: ${name}`} onClick={() => setOpened(true)}>
        Revoke
      </Button>
      <Modal opened={opened} onClose={close} title={`Revoke ${name}`} closeButtonProps={{ 'aria-label': 'Close' }}>
        <Stack>
          <Text size="sm">Calls with this key are refused from now on. It can’t be undone.</Text>
          {revocation.isError && <Problem error={revocation.error} />}
          <Group justify="flex-end">
            <Button variant="default" data-autofocus onClick={close}>
              Cancel
            </Button>
            <Button color="red" loading={revocation.isPending} onClick={() => revocation.mutate()}>
              Revoke
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
