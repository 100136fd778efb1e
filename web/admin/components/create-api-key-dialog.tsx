import { Alert, Button, Checkbox, Code, CopyButton, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SCOPES } from '../../../src/access/caller.ts';
import type { Scope } from '../../api/schema.ts';
import * as api from '../api.ts';
import { Problem } from './problem.tsx';

/** Creates an API key and shows it, only once. */
export function CreateApiKeyDialog() {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button onClick={() => setOpened(true)}>Create API key</Button>
      {/* A click beside the dialog would lose the key. */}
      <Modal
        opened={opened}
        onClose={close}
        title="Create API key"
        size="lg"
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Content close={close} />
      </Modal>
    </>
  );
}

/** Mounted while the dialog is open: the key is gone when it closes. */
function Content({ close }: { close: () => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<string[]>([]);
  const [limit, setLimit] = useState<number | string>('');
  const [submitted, setSubmitted] = useState(false);
  const creation = useMutation({
    mutationFn: () =>
      api.createApiKey({
        name: name.trim(),
        scopes: scopes as Scope[],
        ...(limit !== '' && { refund_limit: Number(limit) }),
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: api.apiKeys.queryKey }),
  });

  if (creation.isSuccess)
    return (
      <Stack>
        <Alert color="green" role="status" title="Copy the key now">
          It isn’t stored and won’t be shown again. Keep it on a server: anyone who has it can use its scopes.
        </Alert>
        <Code block aria-label="API key">
          {creation.data.key}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={creation.data.key}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
          <Button data-autofocus autoFocus onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    );

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setSubmitted(true);
        if (name.trim() && scopes.length > 0) creation.mutate();
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="What the key is for."
          data-autofocus
          required
          maxLength={100}
          autoComplete="off"
          value={name}
          onChange={(change) => setName(change.currentTarget.value)}
          error={submitted && !name.trim() && 'Enter a name.'}
        />
        <Checkbox.Group
          label="Scopes"
          description="Buyers’ data needs orders:read."
          required
          value={scopes}
          onChange={setScopes}
          error={submitted && scopes.length === 0 && 'Choose at least one scope.'}
        >
          <Stack gap="xs" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox key={scope} value={scope} label={scope} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput
          label="Refund limit"
          description="Per day and currency, in whole units; empty for the shop’s limit."
          min={0}
          max={1_000_000}
          allowDecimal={false}
          value={limit}
          onChange={setLimit}
        />
        {creation.isError && <Problem error={creation.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={creation.isPending}>
            Create
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
