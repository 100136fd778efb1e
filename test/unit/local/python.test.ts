import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hasPythonPackages, installPythonPackages } from '../../../local/python.ts';

/** Prints its arguments; of `-m venv --clear <folder>`, creates the environment with this script as its python. */
const PYTHON = `#!/bin/sh
echo "$@"
if [ "$2" = venv ]; then mkdir -p "$4/bin" && cp "$0" "$4/bin/python"; fi
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settle-once-python-'));
  writeFileSync(join(folder, 'python3'), PYTHON, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('installPythonPackages', () => {
  it('installs nothing that has no hash', async () => {
    const environment = { venv: join(folder, 'venv'), requirements: join(folder, 'requirements.txt') };
    const log = join(folder, 'log');
    writeFileSync(environment.requirements, 'six==1.17.0\n');

    await installPythonPackages(log, new AbortController().signal, environment);

    expect(readFileSync(log, 'utf8')).toMatch(/^-m pip install .*--require-hashes/);
    expect(await hasPythonPackages(environment)).toBe(true);
  });
});
