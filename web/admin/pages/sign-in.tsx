import { Alert, Button, Code, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { renderSVG } from 'uqr';
import { MIN_PASSWORD_LENGTH, PASSWORD_RULES } from '../../../src/sign-in/password-rules.ts';
import { ApiProblem } from '../../api/call.ts';
import type { SignInRequest } from '../../api/schema.ts';
import { signIn } from '../api.ts';
import { Problem } from '../components/problem.tsx';
import { FIRST_STEP, type SignInState, type SignInStep, stateAfter, typedSecret } from '../sign-in-steps.ts';
import classes from './sign-in.module.css';

const TITLES: Readonly<Record<SignInStep['name'], string>> = {
  password: 'Sign in',
  'new-password': 'Choose a new password',
  'totp-setup': 'Set up your authenticator app',
  code: 'Enter your code',
};

/** One form for each step: password, new password, authenticator app, code. */
export function SignInPage({ expired }: { expired: boolean }) {
  const [state, setState] = useState<SignInState>(FIRST_STEP);
  const signingIn = useMutation({
    mutationFn: signIn,
    onError: (error, request) => setState((before) => stateAfter(before, request, error)),
  });
  const { credentials, step } = state;
  const title = TITLES[step.name];
  useEffect(() => {
    document.title = `${title} · Admin`;
  }, [title]);

  const submit = (fields: Partial<SignInRequest>) => signingIn.mutate({ ...credentials, ...fields });
  return (
    <main className={classes.main}>
      <Paper withBorder p="xl" className={classes.form}>
        <Stack>
          <div>
            <Text size="sm" c="dimmed">
              settle-once admin
            </Text>
            <Title order={1} size="h3">
              {title}
            </Title>
          </div>
          {expired && step.name === 'password' && !signingIn.isError && (
            <Alert color="blue" role="status">
              Your session has expired. Sign in again to continue where you left off.
            </Alert>
          )}
          <StepForm
            key={step.name}
            state={state}
            error={signingIn.error}
            pending={signingIn.isPending}
            onSubmit={submit}
          />
          {step.name !== 'password' && (
            <Button
              variant="subtle"
              onClick={() => {
                signingIn.reset();
                setState(FIRST_STEP);
              }}
            >
              Start over
            </Button>
          )}
        </Stack>
      </Paper>
    </main>
  );
}

interface StepFormProps {
  readonly state: SignInState;
  readonly error: Error | null;
  readonly pending: boolean;
  readonly onSubmit: (fields: Partial<SignInRequest>) => void;
}

function StepForm({ state: { credentials, step }, error, pending, onSubmit }: StepFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [username, setUsername] = useState(credentials.username);
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [code, setCode] = useState('');
  useEffect(() => form.current?.querySelector<HTMLInputElement>('input:not([hidden])')?.focus(), []);

  const differs = repeated !== '' && repeated !== newPassword;
  const fields: Readonly<Record<SignInStep['name'], Partial<SignInRequest>>> = {
    password: { username: username.trim(), password },
    'new-password': { new_password: newPassword },
    'totp-setup': { code: digitsOf(code), ...(step.name === 'totp-setup' && { session: step.session }) },
    code: { code: digitsOf(code) },
  };
  return (
    <form
      ref={form}
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (!differs) onSubmit(fields[step.name]);
      }}
    >
      <Stack>
        {step.name === 'password' ? (
          <>
            <TextInput
              label="Username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              value={username}
              onChange={(change) => setUsername(change.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(change) => setPassword(change.currentTarget.value)}
            />
          </>
        ) : (
          // For password managers.
          <input type="text" autoComplete="username" value={username} readOnly hidden />
        )}
        {step.name === 'new-password' && (
          <>
            <Text size="sm">Your password was set by someone else. Your other sessions end when you change it.</Text>
            <PasswordInput
              label="New password"
              description={`It must have ${PASSWORD_RULES}.`}
              autoComplete="new-password"
              required
              minLength={MIN_PASSWORD_LENGTH}
              value={newPassword}
              onChange={(change) => setNewPassword(change.currentTarget.value)}
            />
            <PasswordInput
              label="Repeat new password"
              autoComplete="new-password"
              required
              value={repeated}
              error={differs && 'The passwords differ.'}
              onChange={(change) => setRepeated(change.currentTarget.value)}
            />
          </>
        )}
        {step.name === 'totp-setup' && <AuthenticatorSetup otpauthUrl={step.otpauthUrl} />}
        {(step.name === 'totp-setup' || step.name === 'code') && (
          <TextInput
            label="Code"
            description="The six digits that your authenticator app shows."
            autoComplete="one-time-code"
            inputMode="numeric"
            pattern="\s*\d{3}\s?\d{3}\s*"
            required
            value={code}
            onChange={(change) => setCode(change.currentTarget.value)}
          />
        )}
        <SignInError error={error} />
        <Button type="submit" loading={pending}>
          {step.name === 'new-password' ? 'Change password' : 'Sign in'}
        </Button>
      </Stack>
    </form>
  );
}

const digitsOf = (code: string): string => code.replaceAll(/\s/g, '');

function AuthenticatorSetup({ otpauthUrl }: { otpauthUrl: string }) {
  return (
    <>
      <Text size="sm">Scan the QR code with an authenticator app, or type the key, then enter the app’s code.</Text>
      <img
        className={classes.qrCode}
        src={`data:image/svg+xml,${encodeURIComponent(renderSVG(otpauthUrl))}`}
        alt="QR code with the key"
      />
      <Text size="sm">
        Key: <Code className={classes.key}>{typedSecret(otpauthUrl)}</Code>
      </Text>
    </>
  );
}

/** Challenges are steps, not errors. */
const STEPS: ReadonlySet<string> = new Set(['new-password-required', 'totp-setup-required', 'code-required']);

function SignInError({ error }: { error: Error | null }) {
  const slug = error instanceof ApiProblem ? (error.problem.type.split('/').at(-1) ?? '') : '';
  if (!error || STEPS.has(slug)) return null;
  if (slug === 'wrong-credentials')
    return (
      <Alert color="red" role="alert" title="Incorrect username or password">
        Try again. Repeated failures lock the account for a while. If you’ve forgotten your password, ask an
        administrator for a new one.
      </Alert>
    );
  if (slug === 'wrong-code')
    return (
      <Alert color="red" role="alert" title="Incorrect code">
        Wait for the next code and enter it. Each code works once, and your device’s clock must be right.
      </Alert>
    );
  return <Problem error={error} />;
}
