import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { wirePaymentDetails } from '../lambdas/wiring.ts';
import { paymentDetails } from '../src/admin-api/payment-details.ts';
import { toPaymentDetailsResponse } from '../src/admin-api/payment-details-response.ts';
import { documentClient } from '../src/shared/dynamo.ts';
import { isPaymentId } from '../src/shared/ids.ts';
import { command, FAILED, JSON_OUTPUT, matching, run } from './command.ts';
import { findDeployment, findWorkflow, STACK_FILE, STAGE } from './find-deployment.ts';
import { formatPayment } from './format-payment.ts';
import { payPalClientFor } from './paypal-client.ts';

await run(
  command('npm run payment', "Prints everything about one payment, without the buyer's personal data.")
    .argument('<payment-id>', 'the payment: pay_…', matching(isPaymentId, 'pay_ and the 26 characters of a ULID'))
    .addOption(STAGE)
    .addOption(STACK_FILE)
    .addOption(JSON_OUTPUT)
    .action(async (id, options) => {
      const { clientOptions, tables } = await findDeployment(options);
      const { paypal } = await payPalClientFor(options);
      const dynamo = new DynamoDBClient(clientOptions);
      const stepFunctions = new SFNClient(clientOptions);
      const deps = wirePaymentDetails({
        db: documentClient(dynamo),
        stepFunctions,
        tables: { ...tables, sessions: tables['checkout-sessions'], events: tables['webhook-events'] },
        stateMachineArn: await findWorkflow(options),
        getOrder: paypal.getOrder,
      });
      const details = await paymentDetails(deps, id, { includePayPal: true, includeBuyer: false }).catch(
        (error: unknown) => {
          if (!(error instanceof Error) || error.name !== 'PayPalUnavailable') throw error;
          return paymentDetails(deps, id, { includePayPal: false, includeBuyer: false });
        },
      );
      if (!details) {
        console.error(`payment ${id} not found`);
        process.exitCode = FAILED;
      } else if (options.json) {
        const { buyer: _, ...printed } = toPaymentDetailsResponse(details);
        console.log(JSON.stringify(printed, null, 2));
      } else console.log(formatPayment(details).join('\n'));
      dynamo.destroy();
      stepFunctions.destroy();
    }),
);
