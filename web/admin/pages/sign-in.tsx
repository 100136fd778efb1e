import { Alert, Button, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiProblem } from '../../api/call.ts';
import { signIn } from '../api.ts';
import { Problem } from '../components/problem.tsx';

/** All that a stranger is shown. */
export function SignInPage({ ranOut }: { ranOut: boolean }) {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const signingIn = useMutation({ mutationFn: signIn });
  useEffect(() => {
    document.title = 'Sign in · Operators';
  }, []);

  const wrong = signingIn.error instanceof ApiProblem && signingIn.error.status === 401;
  return (
    <main className="sign-in">
      <Paper
        component="form"
        withBorder
        p="xl"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          signingIn.mutate({ username: username.trim(), password });
        }}
      >
        <Stack>
          <div>
            <Text size="sm" c="dimmed">
              settle-once, for operators
            </Text>
            <Title order={1} size="h3">
              Sign in
            </Title>
          </div>
          {ranOut && !signingIn.isError && (
            <Alert color="blue" role="status">
              Your sign-in has ended. Sign in again to go on where you were.
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
            <Alert color="red" role="alert" title="Username or password is wrong">
              Try again. After some tries none is taken for a while; who runs this shop can set a new password.
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
