import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PayPalUnavailable } from '../../../src/paypal/errors.ts';
import { logger } from '../../../src/shared/logger.ts';

const lines: string[] = [];
beforeEach(() => {
  logger.setLogLevel('INFO');
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  logger.setLogLevel('SILENT');
  lines.length = 0;
});

const logged = () => lines.map((line) => JSON.parse(line));

it('logger writes code, level and ids as keys', () => {
  logger.info('STEP_DONE', { payment_id: 'pay_1' });

  expect(logged()).toMatchObject([{ level: 'INFO', message: 'STEP_DONE', payment_id: 'pay_1' }]);
});

it('logger omits the item of a failed conditional write', () => {
  const Item = { email: { S: 'buyer@example.com' } };

  logger.error('STEP_FAILED', new ConditionalCheckFailedException({ message: 'refused', $metadata: {}, Item }));

  expect(logged()).toMatchObject([{ error: { name: 'ConditionalCheckFailedException', message: 'refused' } }]);
  expect(lines.join()).not.toContain('buyer@example.com');
});

it('logger does not quote text that is not JSON, not even in nested causes', () => {
  const cause = (() => {
    try {
      return JSON.parse('buyer@example.com');
    } catch (error) {
      return error;
    }
  })();

  logger.warn('PAYPAL_UNAVAILABLE', new PayPalUnavailable('unexpected-answer', { operation: 'getOrder', cause }));

  expect(logged()).toMatchObject([{ error: { cause: { name: 'SyntaxError', message: 'not JSON' } } }]);
  expect(lines.join()).not.toContain('buyer@e');
});

it('logger writes the debug id of a PayPal error', () => {
  logger.warn(
    'PAYPAL_UNAVAILABLE',
    new PayPalUnavailable('server-error', { operation: 'getOrder', status: 503, debugId: 'f1' }),
  );

  expect(logged()).toMatchObject([
    {
      error: { operation: 'getOrder', reason: 'server-error', status: 503, debugId: 'f1', stack: expect.any(String) },
    },
  ]);
});
