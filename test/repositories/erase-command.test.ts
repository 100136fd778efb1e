import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { auditRepository } from '../../src/admin-api/audit-repository.ts';
import { orderIdOf, paymentIdOf } from '../../src/shared/ids.ts';
import { newSubject, paymentFor, reposOf } from '../support/builders/stored-purchase.ts';
import { dynamo } from '../support/stack/aws.ts';

const { endpoint, region, tables } = inject('aws');
const folder = mkdtempSync(join(tmpdir(), 'settle-once-erase-'));
const STACK_FILE = join(folder, 'stack.json');
writeFileSync(
  STACK_FILE,
  JSON.stringify({ aws_endpoint_url: endpoint, region, tables, operator: { user_pool_id: 'none' } }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const erase = (...args: readonly string[]): Promise<{ status: unknown; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, ['ops/erase.ts', ...args, '--stack-file', STACK_FILE], (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });

const repos = reposOf(dynamo);

/** A payment with a stored buyer and one parked event of the buyer. */
async function buyer() {
  const subject = await newSubject();
  const orderId = orderIdOf(paymentIdOf(subject.session));
  const email = `ada-${ulid().toLowerCase()}@mail.example`;
  const eventId = `WH-${ulid()}`;
  const now = new Date();
  await repos.payments.create(paymentFor(subject), now);
  await repos.orders.rememberBuyer(orderId, { email }, { of: 'capture', time: '' }, now);
  await repos.events.receive({ id: eventId, eventType: 'X', body: JSON.stringify({ email }), now });
  await repos.events.finish(eventId, { status: 'parked', reason: 'unknown_payment' }, now);
  const stored = async () => ({
    email: (await repos.orders.buyer(orderId))?.email,
    body: (await repos.events.get(eventId))?.body,
  });
  return { orderId, email, eventId, stored };
}

describe('npm run erase', () => {
  it.each(['positional', '--order', '--email'])('erases and lists order and events: %s', async (form) => {
    const { orderId, email, eventId, stored } = await buyer();
    const args = form === 'positional' ? [orderId] : form === '--order' ? [form, orderId] : [form, email];

    expect(await erase(...args)).toEqual({
      status: 0,
      stdout:
        `${orderId}: name, email and address\n${eventId}: body of the event\n` +
        'erased: name, email and address of 1 order, 1 event\n',
      stderr: '',
    });

    expect(await stored()).toEqual({ email: undefined, body: '' });
    const audit = auditRepository(dynamo, tables);
    const { entries } = await audit.list({ targets: [orderId], limit: 10 });
    expect(entries).toMatchObject([{ who: `npm run erase (${userInfo().username})`, what: 'erase' }]);
  });

  it('erases one event', async () => {
    const { eventId, email, stored } = await buyer();

    expect(await erase('--event', eventId, '--json')).toEqual({
      status: 0,
      stdout: `${JSON.stringify({ orders: [], events: [eventId] })}\n`,
      stderr: '',
    });

    expect(await stored()).toEqual({ email, body: '' });
  });

  it('only lists with --dry-run', async () => {
    const { orderId, eventId, stored } = await buyer();
    const before = await stored();

    const { stdout } = await erase('--order', orderId, '--dry-run', '--json');

    expect(JSON.parse(stdout)).toEqual({ orders: [{ order_id: orderId, buyer: true }], events: [eventId] });
    expect(await stored()).toEqual(before);
  });

  it.each([
    ['--order', 'ord_00000000000000000000000000', 'order ord_00000000000000000000000000 not found'],
    ['--email', 'unknown@mail.example', 'no order and no event with the email address unknown@mail.example found'],
    ['--event', 'WH-NONE', 'event WH-NONE not found'],
  ])('fails for what does not exist: %s', async (option, id, reason) => {
    expect(await erase(option, id)).toEqual({ status: 1, stdout: '', stderr: `${reason}\n` });
  });
});
