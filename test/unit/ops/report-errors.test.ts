import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const run = (command: string, args: readonly string[], env = process.env) =>
  spawnSync(process.execPath, [`ops/${command}.ts`, ...args], { encoding: 'utf8', env });

describe('reportErrors', () => {
  it.each([
    ['operator', ['list']],
    ['payment', ['pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC']],
    ['paypal', ['status']],
    ['erase', ['ord_01JZ8Q4W3V5Y7X9R2T6N8M0KBC']],
  ])('prints only the message when npm run %s finds no running shop', (command, args) => {
    const { status, stderr } = run(command, [...args, '--stack-file', 'no/such/stack.json']);

    expect(stderr).toBe('no shop is running on this machine: run npm start, or pass --stage sandbox or --stage prod\n');
    expect(status).toBe(1);
  });

  it.each([
    ['region', {}, 'Region is missing: set AWS_REGION, or AWS_PROFILE to a profile with a region\n'],
    [
      'credentials',
      { AWS_REGION: 'eu-west-1' },
      'Could not load credentials from any providers: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY\n',
    ],
  ])('prints what to set when the AWS SDK finds no %s', (_, settings, message) => {
    const env = { PATH: process.env.PATH, HOME: 'no/such/home', AWS_EC2_METADATA_DISABLED: 'true', ...settings };
    const { status, stderr } = run('operator', ['list', '--stage', 'sandbox'], env);

    expect(stderr).toBe(message);
    expect(status).toBe(1);
  });

  it('is silent when the reader closes the pipe early', () => {
    const program =
      'import { reportErrors } from "./ops/report-errors.ts"; reportErrors(); ' +
      'for (let n = 0; n < 3000; n++) { console.log(n); await new Promise(setImmediate); }';
    const lines = `${process.execPath} --input-type=module -e '${program}'`;

    expect(spawnSync('sh', ['-c', `${lines} | head -n 1`], { encoding: 'utf8' })).toMatchObject({
      stdout: '0\n',
      stderr: '',
    });
  });
});
