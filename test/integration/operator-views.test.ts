import { describe, expect, it } from 'vitest';
import { change } from '../support/stack/aws.ts';
import { asOperator, seenByOperator } from '../support/stack/operator.ts';
import { captureOf, completedPayment, paidPurchase, sessionOf, until } from '../support/stack/shop.ts';

describe('the admin API', () => {
  it('shows all details of a payment, its buyer and PayPal’s view', async () => {
    const purchase = await paidPurchase();
    const capture = await captureOf(purchase);
    const path = `/api/v1/admin/payments/${purchase.paymentId}?paypal=true`;

    const { status, body } = await until(
      () => seenByOperator(path),
      (response) =>
        response.body.events?.length === 2 &&
        response.body.executions.every((one: { status: string }) => one.status === 'SUCCEEDED'),
    );

    expect(status).toBe(200);
    expect(body).toMatchObject({
      payment: { status: 'captured', capture_id: capture.id, open_settlements: [] },
      session: { status: 'payment_completed' },
      reservation: { status: 'committed' },
      order: { status: 'confirmed' },
      failed_settlements: [],
      findings: [],
      paypal: {
        order: { paypal_order_id: purchase.paypalOrderId, status: 'COMPLETED', captures: [{ capture_id: capture.id }] },
      },
    });
    expect(body.buyer.email).toContain('@');
    expect(body.buyer.ship_to.country_code).toMatch(/^[A-Z]{2}$/);
    expect(body.executions.map(({ settlement }: { settlement: string }) => settlement)).toEqual([
      'approved',
      'captured',
    ]);
    const times = body.timeline.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted());
    expect(new Set(body.timeline.map(({ kind }: { kind: string }) => kind))).toEqual(
      new Set(['payment', 'event', 'execution', 'order']),
    );
  });

  it('counts the settlements of this hour and their durations', async () => {
    await paidPurchase();

    const { status, body } = await until(
      () => seenByOperator('/api/v1/admin/metrics'),
      ({ body: { latencies } }) => latencies.capture_to_order.count > 0 && latencies.webhook_to_status.count > 0,
    );

    expect(status).toBe(200);
    expect(body.hours).toHaveLength(24);
    expect(body.services.fulfillment.succeeded).toBeGreaterThan(0);
    expect(body.services.fulfillment.success_rate).toBeGreaterThan(0);
    expect(body.latencies.capture_to_order.max_ms).toBeGreaterThan(0);
  });

  it('finds, previews and repairs a violation, closes the finding, and writes an audit entry', async () => {
    const purchase = await paidPurchase();
    // The session did not follow the capture, long enough ago.
    await change(
      'checkout-sessions',
      { checkout_session_id: purchase.sessionId },
      { status: 'payment_pending', payment_status: 'created' },
    );
    const touched = (at: Date) =>
      change('payments', { payment_id: purchase.paymentId }, { updated_at: at.toISOString() });
    await touched(new Date(Date.now() - 600_000));
    const findings = async () => {
      let finished = false;
      while (!finished) {
        const checked = await asOperator('/api/v1/admin/consistency/run', { reason: 'is the data consistent?' });
        expect(checked.status).toBe(200);
        finished = checked.body.finished;
      }
      const { body } = await seenByOperator('/api/v1/admin/consistency?invariant=3&limit=100');
      expect(body.last_run.figures['payments.captured']).toBeGreaterThan(0);
      return body.findings.filter(({ subject }: { subject: string }) => subject === purchase.paymentId);
    };

    const [finding] = await findings();
    expect(finding).toMatchObject({ invariant: 3, repair: { kind: 'settle', payment_id: purchase.paymentId } });
    const path = `/api/v1/admin/consistency/findings/${encodeURIComponent(finding.finding_id)}/repair`;
    expect(await asOperator(path, { dry_run: true, reason: 'what if' })).toMatchObject({
      status: 200,
      body: { outcome: 'would_repair' },
    });
    expect(await sessionOf(purchase)).toMatchObject({ status: 'payment_pending' });

    const repaired = await asOperator(path, { reason: 'the session must know' });

    expect(repaired).toMatchObject({ status: 200, body: { outcome: 'repaired' } });
    await until(
      () => sessionOf(purchase),
      ({ status }) => status === 'payment_completed',
    );
    await completedPayment(purchase, 'captured');
    await touched(new Date(Date.now() - 600_000));
    expect(await findings()).toEqual([]);
    const audit = await seenByOperator(`/api/v1/admin/audit?target=${encodeURIComponent(finding.finding_id)}`);
    expect(audit.body.entries).toMatchObject([{ what: 'repair', who: 'operator', why: 'the session must know' }]);
  });

  it('shows with what the shop is deployed', async () => {
    const { status, body } = await seenByOperator('/api/v1/admin/settings');

    expect(status).toBe(200);
    expect(body.stage).toBe('local');
    expect(body.settings).toContainEqual({ name: 'refundLimit', value: '1000', kept: false });
  });

  it.each([
    ['/api/v1/admin/webhook-events?status=lost', 'status'],
    ['/api/v1/admin/webhook-events?cursor=Zm9yZ2Vk', 'cursor'],
    ['/api/v1/admin/settlements?cursor=Zm9yZ2Vk', 'cursor'],
    ['/api/v1/admin/consistency?cursor=Zm9yZ2Vk', 'cursor'],
    ['/api/v1/admin/consistency?invariant=0', 'invariant'],
    ['/api/v1/admin/audit?cursor=Zm9yZ2Vk', 'cursor'],
    ['/api/v1/admin/metrics?from=yesterday', 'from'],
    ['/api/v1/admin/health?deep=true', 'deep'],
    ['/api/v1/admin/settings?stage=prod', 'stage'],
  ])('rejects %s and names %s', async (path, field) => {
    const { status, body } = await seenByOperator(path);

    expect(status).toBe(400);
    expect(body).toMatchObject({ type: '/problems/invalid-request', errors: [{ field }] });
  });
});
