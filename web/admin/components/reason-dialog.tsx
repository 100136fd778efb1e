import { Alert, Button, Group, Modal, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { focusManager, useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useId, useState, useSyncExternalStore } from 'react';
import { session } from '../api.ts';
import { Problem } from './problem.tsx';
import classes from './reason-dialog.module.css';

interface ReasonDialogProps<Preview, Result> {
  /** The label of the button that opens the dialog, and of the one that confirms it. */
  action: string;
  title: string;
  /** What the action does, and further inputs. */
  children?: ReactNode;
  /** Loaded and shown before the action can be confirmed. */
  preview?: {
    load: () => Promise<Preview>;
    render: (preview: Preview) => ReactNode;
    /** Whether there is anything to confirm. @default always */
    isActionable?: (preview: Preview) => boolean;
  };
  /** Whether the further inputs are valid. @default true */
  valid?: boolean;
  /** Whether it pays money out. */
  destructive?: boolean;
  onConfirm: (reason: string) => Promise<Result>;
  renderResult: (result: Result) => ReactNode;
  /** Why the action is not possible; disables the button. */
  obstacle?: string | undefined;
  /** The size of the button. */
  size?: 'xs' | 'sm';
}

/** A button whose dialog previews an action, asks for the reason, runs it and shows the result. */
export function ReasonDialog<Preview = never, Result = unknown>(props: ReasonDialogProps<Preview, Result>) {
  const [opened, setOpened] = useState(false);
  const operator = useSyncExternalStore(session.subscribe, session.operator);
  const close = () => setOpened(false);
  // The API refuses every action of a viewer.
  if (operator?.role === 'viewer') return null;
  return (
    <>
      <Button
        size={props.size ?? 'sm'}
        variant="default"
        onClick={() => setOpened(true)}
        disabled={props.obstacle !== undefined}
        title={props.obstacle}
        // A page may have several buttons with the same label.
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

/** Mounted while the dialog is open, so that each opening starts with fresh state. */
function Content<Preview, Result>({
  action,
  children,
  preview,
  valid = true,
  destructive = false,
  onConfirm,
  renderResult,
  close,
}: ReasonDialogProps<Preview, Result> & { close: () => void }) {
  const [reason, setReason] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const previewQuery = useQuery({
    queryKey: ['preview', useId()],
    queryFn: () => preview?.load() ?? null,
    enabled: preview !== undefined,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const mutation = useMutation({ mutationFn: () => onConfirm(reason.trim()) });
  useEffect(() => {
    // Pauses polling behind the dialog: a row that disappears would unmount its dialog. Refocusing on close refetches.
    focusManager.setFocused(false);
    return () => focusManager.setFocused(undefined);
  }, []);

  if (mutation.isSuccess)
    return (
      <Stack>
        <Alert color="green" role="status">
          {renderResult(mutation.data)}
        </Alert>
        <Group justify="flex-end">
          <Button data-autofocus autoFocus onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    );

  const previewData = previewQuery.data ?? undefined;
  const isNoOp = previewData !== undefined && preview?.isActionable?.(previewData) === false;
  const previewMissing = preview !== undefined && previewData === undefined;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setSubmitted(true);
        if (reason.trim() && valid && !previewMissing) mutation.mutate();
      }}
    >
      <Stack>
        {children && (
          <Text component="div" size="sm">
            {children}
          </Text>
        )}
        {preview && (
          <section aria-label="Preview" className={classes.preview} aria-live="polite">
            {previewData !== undefined && preview.render(previewData)}
            {previewQuery.isPending && <Skeleton height={40} />}
            {previewQuery.isError && <Problem error={previewQuery.error} retry={previewQuery.refetch} />}
          </section>
        )}
        {!isNoOp && (
          <Textarea
            label="Reason"
            description="Recorded in the audit log under your name."
            data-autofocus
            required
            autosize
            minRows={2}
            maxLength={500}
            value={reason}
            onChange={(change) => setReason(change.currentTarget.value)}
            error={submitted && !reason.trim() && 'Enter a reason for the audit log.'}
          />
        )}
        {mutation.isError && <Problem error={mutation.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {isNoOp ? 'Close' : 'Cancel'}
          </Button>
          {!isNoOp && (
            <Button
              type="submit"
              {...(destructive && { color: 'red' })}
              loading={mutation.isPending}
              disabled={previewMissing}
            >
              {action}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
