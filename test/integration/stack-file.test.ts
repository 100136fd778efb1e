import { readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import { TABLE_NAMES } from '../../lib/names.ts';

describe('.local/stack.json', () => {
  it('names the address of every part, and each one responds', async () => {
    const file = JSON.parse(readFileSync(inject('stack_file'), 'utf8'));

    expect(file).toEqual(inject('stack'));
    expect(Object.keys(file)).toEqual(
      expect.arrayContaining([
        'ready',
        'front_door_url',
        'api_url',
        'admin_url',
        'simulator_url',
        'aws_endpoint_url',
        'region',
        'operator',
        'tables',
        'state_machine_arn',
        'dlq_url',
      ]),
    );
    expect(file).toMatchObject({
      ready: true,
      operator: { username: expect.any(String), password: expect.any(String) },
    });
    expect(Object.keys(file.tables).sort()).toEqual([...TABLE_NAMES].sort());
    const responses = await Promise.all(
      [
        `${file.front_door_url}/api/v1/health`,
        `${file.api_url}/api/v1/health`,
        file.admin_url,
        `${file.simulator_url}/_sim/state`,
      ].map(async (url) => (await fetch(url)).status),
    );
    expect(responses).toEqual([200, 200, 200, 200]);
  });
});
