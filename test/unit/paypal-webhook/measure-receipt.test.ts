import { expect, it } from 'vitest';
import { measureReceipt, type ReceiveResult } from '../../../src/paypal-webhook/receive.ts';
import { PAYMENT } from '../../support/builders/payments.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

const measuredFor = async (receipt: ReceiveResult) =>
  (await metricsOf(() => measureReceipt(receipt, 45))).map(({ name, value }) => [name, value]);

it.each([
  ['a duplicate', { status: 'duplicate' }, 'DuplicateRefused'],
  ['an ignored event', { status: 'ignored' }, 'EventIgnored'],
  ['a parked event', { status: 'parked', reason: 'unknown_payment' }, 'EventParked'],
  ['an event that changes nothing', { status: 'accepted', payment_id: PAYMENT, moved: false }, 'EventAccepted'],
] as const)('measureReceipt counts %s', async (_, receipt, name) => {
  expect(await measuredFor(receipt)).toEqual([[name, 1]]);
});

it('measureReceipt measures the latency of an event that changes a payment', async () => {
  expect(await measuredFor({ status: 'accepted', payment_id: PAYMENT, moved: true })).toEqual([
    ['EventAccepted', 1],
    ['WebhookToStatus', 45],
  ]);
});
