import { describe, expect, it } from 'vitest';
import { type Losses, lossesOf, type Measured, tables } from '../../../bench/report.ts';

describe('lossesOf', () => {
  const all = { captured: ['a', 'b'], orders: ['a', 'b'], refunded: new Set<string>(), pieces: 3, available: 1 };
  const none: Losses = { captured: 2, lost: 0, doubled: 0, oversold: 0, vanished: 0 };

  it.each([
    ['one order each', {}, {}],
    ['a payment without an order', { orders: ['a'], available: 2 }, { lost: 1 }],
    ['a payment that was refunded', { orders: ['a'], available: 2, refunded: new Set(['b']) }, {}],
    ['two orders of a payment', { orders: ['a', 'b', 'b'], available: 0 }, { doubled: 1 }],
    ['more orders than pieces', { pieces: 1, available: -1 }, { oversold: 1 }],
    ['pieces taken twice', { available: 0 }, { vanished: 1 }],
  ])('counts %s', (_, found, expected) => {
    expect(lossesOf({ ...all, ...found })).toEqual({ ...none, ...expected });
  });
});

it('the tables have ratios of times and prices to naive, and counts as they are', () => {
  const measured: Measured = {
    name: 'naive',
    webhookMs: 10,
    orderMs: 100,
    awsCalls: 13,
    transitions: 4,
    writeUnits: 0,
    readUnits: 0,
    invocations: 0,
    requests: 0,
    storm: { captured: 12, lost: 1, doubled: 2, oversold: 3, vanished: 4 },
  };
  const lines = tables([
    { ...measured, name: 'shop', webhookMs: 25, orderMs: 110, transitions: 6, awsCalls: 54 },
    measured,
  ])
    .split('\n')
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll('|', '').trim()));

  expect(Object.fromEntries(lines.map(([title = '', ...cells]) => [title, cells]))).toMatchObject({
    '': ['shop', 'naive'],
    'webhook answered': ['2.50', '1.00'],
    'webhook → order readable': ['1.10', '1.00'],
    'list price': ['1.50', '1.00'],
    'AWS calls': ['54', '13'],
    'state transitions': ['6', '4'],
    'lost: neither order nor refund': ['1', '1'],
    'doubled orders': ['2', '2'],
    'oversold pieces': ['3', '3'],
    'pieces taken that no order has': ['4', '4'],
  });
});
