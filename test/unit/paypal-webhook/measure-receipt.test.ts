import { expect, it } from 'vitest';
import { measureReceipt } from '../../../src/paypal-webhook/measure-receipt.ts';
import type { Receipt } from '../../../src/paypal-webhook/receive.ts';
import { PAYMENT } from '../../support/builders/payments.ts';
import { metricsOf } from '../../support/stack/emitted-metrics.ts';

const measuredFor = async (receipt: Receipt) =>
  (await metricsOf(() => measureReceipt(receipt, 45))).map(({ name, value }) => [name, value]);

it.each([
  ['was done before', { status: 'duplicate' }, 'DuplicateRefused'],
  ['means nothing to the shop', { status: 'ignored' }, 'EventIgnored'],
  ['cannot be settled', { status: 'parked', reason: 'unknown_payment' }, 'EventParked'],
  ['tells nothing new', { status: 'accepted', payment_id: PAYMENT, moved: false }, 'EventAccepted'],
] as const)('an event that %s is counted as that', async (_, receipt, name) => {
  expect(await measuredFor(receipt)).toEqual([[name, 1]]);
});

it('of an event that changes a payment, the time until it did is measured', async () => {
  expect(await measuredFor({ status: 'accepted', payment_id: PAYMENT, moved: true })).toEqual([
    ['EventAccepted', 1],
    ['WebhookToStatus', 45],
  ]);
});
