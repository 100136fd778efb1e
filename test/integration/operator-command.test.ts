import { describe, expect, it } from 'vitest';
import { command } from '../support/stack/command.ts';
import { signIn } from '../support/stack/operator.ts';

/** Runs the command against the shop under test. */
async function operator(...args: string[]): Promise<{ readonly status: number | undefined; readonly lines: string[] }> {
  const { status, stdout, stderr } = await command('ops/operator.ts', ...args);
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

describe('npm run operator', () => {
  it('adds an operator who can sign in with the printed password, and removes one who then cannot', async () => {
    const username = `grace-${process.pid}`;

    expect((await operator('add', username, '--dry-run')).lines).toEqual([`would add operator ${username}`]);
    const added = await operator('add', username);
    const password = added.lines.at(-1) ?? '';
    expect(added.status).toBe(0);
    expect((await operator('list')).lines).toContain(username);
    expect(JSON.parse((await operator('list', '--json')).lines.join(''))).toMatchObject({
      operators: expect.arrayContaining([username]),
    });
    expect((await operator('add', username, '--dry-run')).lines).toEqual([`would reset the password of ${username}`]);
    expect((await operator('remove', username, '--dry-run')).lines).toEqual([`would remove operator ${username}`]);
    expect((await signIn({ username, password })).status).toBe(200);

    const again = (await operator('add', username)).lines.at(-1) ?? '';
    expect((await signIn({ username, password })).status).toBe(401);
    expect((await signIn({ username, password: again })).status).toBe(200);

    expect((await operator('remove', username)).status).toBe(0);
    expect((await operator('list')).lines).not.toContain(username);
    expect((await signIn({ username, password: again })).status).toBe(401);
    expect((await operator('remove', username)).status).toBe(1);
  });

  it.each([[[]], [['add']], [['list', 'ada']], [['promote', 'ada']]])(
    'prints its usage for the arguments %j',
    async (args) => {
      const { status, lines } = await operator(...args);

      expect(status).toBe(2);
      expect(lines[0]).toContain('usage:');
    },
  );
});
