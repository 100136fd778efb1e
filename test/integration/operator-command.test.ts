import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { signIn } from '../support/operator.ts';

/** Runs the command on the shop that is tested. */
function operator(...args: string[]): { readonly status: number | null; readonly lines: string[] } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['bin/operator.ts', ...args, '--stack-file', '.local/test/stack.json'],
    { encoding: 'utf8' },
  );
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

it('makes an operator who can sign in with the password that is shown, and removes one who then cannot', async () => {
  const username = `grace-${process.pid}`;

  const added = operator('add', username);
  const password = added.lines.at(-1) ?? '';
  expect(added.status).toBe(0);
  expect(operator('list').lines).toContain(username);
  expect((await signIn({ username, password })).status).toBe(200);

  const again = operator('add', username).lines.at(-1) ?? '';
  expect((await signIn({ username, password })).status).toBe(401);
  expect((await signIn({ username, password: again })).status).toBe(200);

  expect(operator('remove', username).status).toBe(0);
  expect(operator('list').lines).not.toContain(username);
  expect((await signIn({ username, password: again })).status).toBe(401);
  expect(operator('remove', username).status).toBe(1);
});

it.each([[[]], [['add']], [['list', 'ada']], [['promote', 'ada']]])('explains itself when asked for %j', (args) => {
  const { status, lines } = operator(...args);

  expect(status).toBe(2);
  expect(lines[0]).toContain('usage:');
});
