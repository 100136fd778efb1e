import { callJson } from '../test/support/stack/call-json.ts';

/** What PayPal's buttons do in the page: https://developer.paypal.com/sdk/js/reference/ */
export interface PayPalOrders {
  /** @param customId comes back in webhooks @returns the order's id */
  create(customId: string): Promise<string>;
  capture(orderId: string): Promise<void>;
}

export function payPalOrders(simulatorUrl: string): PayPalOrders {
  let headers: Promise<Record<string, string>> | undefined;
  const call = async (path: string, body: object) => {
    headers ??= authorization(simulatorUrl);
    return callJson(simulatorUrl, 'POST', path, body, await headers);
  };
  return {
    async create(customId) {
      const amount = { currency_code: 'EUR', value: '19.99' };
      const order = { intent: 'CAPTURE', purchase_units: [{ custom_id: customId, amount }] };
      return (await call('/v2/checkout/orders', order)).id;
    },
    async capture(orderId) {
      await call(`/v2/checkout/orders/${orderId}/capture`, {});
    },
  };
}

async function authorization(simulatorUrl: string): Promise<Record<string, string>> {
  const response = await fetch(`${simulatorUrl}/v1/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('sandbox-client:sandbox-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return { authorization: `Bearer ${access_token}` };
}
