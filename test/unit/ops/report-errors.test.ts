import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const run = (command: string, ...args: string[]) =>
  spawnSync(process.execPath, [`ops/${command}.ts`, ...args], { encoding: 'utf8' });

describe('report-errors', () => {
  it.each([
    ['operator', ['list']],
    ['payment', ['pay_01JZ8Q4W3V5Y7X9R2T6N8M0KBC']],
    ['paypal', ['status']],
    ['erase', ['ord_01JZ8Q4W3V5Y7X9R2T6N8M0KBC']],
  ])('prints only the message when npm run %s finds no running shop', (command, args) => {
    const { status, stderr } = run(command, ...args, '--stack-file', 'no/such/stack.json');

    expect(stderr).toBe('no shop is running on this machine: run npm start, or pass --stage sandbox or --stage prod\n');
    expect(status).toBe(1);
  });

  it('names an unknown option without a stack trace', () => {
    const { status, stderr } = run('operator', 'list', '--stages', 'prod');

    expect(stderr).toContain("'--stages'");
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
  });

  it('is silent when the reader closes the pipe early', () => {
    const numbers =
      '(async () => { for (let n = 0; n < 3000; n++) { console.log(n); await new Promise(setImmediate); } })()';
    const lines = `${process.execPath} --import ./ops/report-errors.ts -e '${numbers}'`;

    expect(spawnSync('sh', ['-c', `${lines} | head -n 1`], { encoding: 'utf8' })).toMatchObject({
      stdout: '0\n',
      stderr: '',
    });
  });
});
