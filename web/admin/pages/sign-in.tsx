import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../../api/call.ts';
import { signIn } from '../api.ts';
import { Problem } from '../components/problem.tsx';
import classes from './sign-in.module.css';

export function SignInPage({ expired }: { expired: boolean }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signingIn = useMutation({ mutationFn: signIn });
  useEffect(() => {
    document.title = 'Sign in · Admin';
  }, []);

  const wrong = signingIn.error instanceof ApiProblem && signingIn.error.status === 401;
  return (
    <main className={classes.main}>
      <Paper
        component="form"
        withBorder
        p="xl"
        className={classes.form}
        onSubmit={(submitted) => {
          submitted.preventDefault();
          signingIn.mutate({ username: username.trim(), password });
        }}
      >
        <Stack>
          <div>
            <Text size="sm" c="dimmed">
              settle-once admin
            </Text>
            <Title order={1} size="h3">
              Sign in
            </Title>
          </div>
          {expired && !signingIn.isError && (
            <Alert color="blue" role="status">
              Your session has expired. Sign in again to continue where you left off.
            </Alert>
          )}
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
          {wrong && (
            <Alert color="red" role="alert" title="Incorrect username or password">
              Try again. Repeated failures lock the account for a while. If you’ve forgotten your password, ask an
              administrator for a new one.
            </Alert>
          )}
          {signingIn.isError && !wrong && <Problem error={signingIn.error} />}
          <Button type="submit" loading={signingIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </Paper>
    </main>
  );
}
