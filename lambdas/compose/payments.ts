import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { orderRepository } from '../../src/fulfillment/order-repository.ts';
import { evidenceApplier } from '../../src/payments/apply-evidence.ts';
import { paymentRepository } from '../../src/payments/payment-repository.ts';
import { startSettlementWith } from '../../src/payments/start-settlement.ts';
import { connectPayPal } from '../../src/paypal/connect.ts';
import type { EnvName } from '../../src/shared/env.ts';
import { orderIdOf } from '../../src/shared/ids.ts';

/** What every function that settles is made of. `env` reads the function's environment. */
export function composePayments({
  db,
  stepFunctions,
  env,
}: {
  db: DynamoDBDocumentClient;
  stepFunctions: SFNClient;
  env: (name: EnvName) => string;
}) {
  const now = () => new Date();
  const orders = orderRepository(db, env('ORDERS_TABLE'));
  const payments = paymentRepository(db, env('PAYMENTS_TABLE'));
  const paypal = connectPayPal(env);
  const dueAfterSeconds = Number(env('DUE_AFTER_SECONDS'));
  return {
    now,
    dueAfterSeconds,
    orders,
    payments,
    paypal,
    evidenceApplier: evidenceApplier({
      payments,
      now,
      dueAfterSeconds,
      getOrder: paypal.getOrder,
      getCapture: paypal.getCapture,
      rememberBuyer: (id, buyer) => orders.rememberBuyer(orderIdOf(id), buyer, now()),
      startSettlement: startSettlementWith(stepFunctions, env('STATE_MACHINE_ARN')),
    }),
  };
}
