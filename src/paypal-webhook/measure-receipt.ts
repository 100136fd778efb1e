import type { MetricName } from '../shared/metric-names.ts';
import { measure } from '../shared/metrics.ts';
import type { ReceiveResult } from './receive.ts';

const COUNTED = {
  accepted: 'EventAccepted',
  duplicate: 'DuplicateRefused',
  ignored: 'EventIgnored',
  parked: 'EventParked',
} as const satisfies Record<ReceiveResult['status'], MetricName>;

/** @param tookMs since the delivery arrived at the HTTP API */
export function measureReceipt(receipt: ReceiveResult, tookMs: number): void {
  measure(COUNTED[receipt.status]);
  if (receipt.status === 'accepted' && receipt.moved) measure('WebhookToStatus', tookMs);
}
