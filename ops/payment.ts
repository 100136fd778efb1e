import './report-errors.ts';
import { parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { wirePaymentDetails } from '../lambdas/wiring.ts';
import { paymentDetails } from '../src/admin-api/payment-details.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isPaymentId } from '../src/shared/ids.ts';
import { DEPLOYMENT_OPTIONS, findDeployment, findWorkflow } from './find-deployment.ts';
import { formatPayment } from './format-payment.ts';
import { payPalClientFor } from './paypal-client.ts';

/*
 * Prints the details of one payment, as in the admin console: npm run payment -- pay_… [--stage prod]
 */

const { values, positionals } = parseArgs({ allowPositionals: true, options: DEPLOYMENT_OPTIONS });
const [id = '', extra] = positionals;

if (!isPaymentId(id) || extra !== undefined) {
  console.error('usage: npm run payment -- pay_… [--stage NAME]');
  process.exitCode = 2;
} else {
  const { clientOptions, tables } = await findDeployment(values);
  const { paypal } = await payPalClientFor(values);
  const dynamo = new DynamoDBClient(clientOptions);
  const stepFunctions = new SFNClient(clientOptions);
  const deps = wirePaymentDetails({
    db: documentClient(dynamo),
    stepFunctions,
    tables: { ...tables, sessions: tables['checkout-sessions'], events: tables['webhook-events'] },
    stateMachineArn: await findWorkflow(values),
    getOrder: paypal.getOrder,
  });
  const details = await paymentDetails(deps, id, { includePayPal: true }).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== 'PayPalUnavailable') throw error;
    return paymentDetails(deps, id, { includePayPal: false });
  });
  if (details) console.log(formatPayment(details).join('\n'));
  else {
    console.error(`payment ${id} not found`);
    process.exitCode = 1;
  }
  dynamo.destroy();
  stepFunctions.destroy();
}
