import { Alert, Button, Group, Modal, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { focusManager, useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useState } from 'react';
import { Problem } from './problem.tsx';

interface ReasonDialogProps<Preview, Done> {
  /** What the button that opens it says; the dialog confirms with the same words. */
  action: string;
  title: string;
  /** What will happen, and whatever else has to be asked. */
  children?: ReactNode;
  /** Told before anything is done; then `act` only, if there is anything to be done. */
  preview?: {
    ask: () => Promise<Preview>;
    tell: (preview: Preview) => ReactNode;
    /** Whether there is something to confirm. @default always */
    worthwhile?: (preview: Preview) => boolean;
  };
  /** Whether everything else that was asked has a good answer. @default true */
  complete?: boolean;
  /** Whether money or goods leave by it. */
  grave?: boolean;
  act: (reason: string) => Promise<Done>;
  tell: (done: Done) => ReactNode;
  /** How much room the button takes. */
  size?: 'xs' | 'sm';
}

/** A button, and the dialog that it opens: what would change, why it is to be done, and what came of it. */
export function ReasonDialog<Preview = never, Done = unknown>(props: ReasonDialogProps<Preview, Done>) {
  const [opened, setOpened] = useState(false);
  const close = () => setOpened(false);
  return (
    <>
      <Button
        size={props.size ?? 'sm'}
        variant="default"
        onClick={() => setOpened(true)}
        // Several of them may stand on one page.
        aria-label={`${props.action}: ${props.title}`}
      >
        {props.action}
      </Button>
      <Modal opened={opened} onClose={close} title={props.title} size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
        <Content {...props} close={close} />
      </Modal>
    </>
  );
}

/** Lives as long as the dialog is open. */
function Content<Preview, Done>({
  action,
  children,
  preview,
  complete = true,
  grave = false,
  act,
  tell,
  close,
}: ReasonDialogProps<Preview, Done> & { close: () => void }) {
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const previewed = useQuery({
    queryKey: ['preview', useId()],
    queryFn: () => preview?.ask() ?? null,
    enabled: preview !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const acting = useMutation({ mutationFn: () => act(reason.trim()) });
  useEffect(() => {
    // Nobody looks at what is behind: it stands still, so that a row that is done does not take its dialog with it, and is asked for
    // anew at the end.
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, []);

  if (acting.isSuccess)
    return (
      <Stack>
        <Alert color="green" role="status">
          {tell(acting.data)}
        </Alert>
        <Group justify="flex-end">
          <Button data-autofocus autoFocus onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    );

  const known = previewed.data ?? undefined;
  const pointless = known !== undefined && preview?.worthwhile?.(known) === false;
  const waiting = preview !== undefined && known === undefined;
  return (
    <form
      noValidate
      onSubmit={(submitted) => {
        submitted.preventDefault();
        setTried(true);
        if (reason.trim() && complete && !waiting) acting.mutate();
      }}
    >
      <Stack>
        {children && (
          <Text component="div" size="sm">
            {children}
          </Text>
        )}
        {preview && (
          <section aria-label="What would change" className="preview" aria-live="polite">
            {known !== undefined && preview.tell(known)}
            {previewed.isPending && <Skeleton height={40} />}
            {previewed.isError && <Problem error={previewed.error} retry={previewed.refetch} />}
          </section>
        )}
        {!pointless && (
          <Textarea
            label="Reason"
            description="It goes into the audit, under your name."
            data-autofocus
            required
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            onChange={(change) => setReason(change.currentTarget.value)}
            error={tried && !reason.trim() && 'Say why, so that others can follow it later.'}
          />
        )}
        {acting.isError && <Problem error={acting.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {pointless ? 'Close' : 'Cancel'}
          </Button>
          {!pointless && (
            <Button type="submit" {...(grave && { color: 'red' })} loading={acting.isPending} disabled={waiting}>
              {action}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
