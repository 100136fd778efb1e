import { describe, expect, it } from 'vitest';
import issues from '../../../simulator/state/paypal-issues.json' with { type: 'json' };
import { openApi } from '../../support/openapi.ts';

/** The operations with known issues, and where PayPal's OpenAPI files list them. */
const OPERATIONS = [
  ['orders.create', 'checkout_orders_v2', '/v2/checkout/orders', 'post'],
  ['orders.get', 'checkout_orders_v2', '/v2/checkout/orders/{id}', 'get'],
  ['orders.patch', 'checkout_orders_v2', '/v2/checkout/orders/{id}', 'patch'],
  ['orders.authorize', 'checkout_orders_v2', '/v2/checkout/orders/{id}/authorize', 'post'],
  ['orders.capture', 'checkout_orders_v2', '/v2/checkout/orders/{id}/capture', 'post'],
  ['captures.get', 'payments_payment_v2', '/v2/payments/captures/{capture_id}', 'get'],
  ['captures.refund', 'payments_payment_v2', '/v2/payments/captures/{capture_id}/refund', 'post'],
  ['refunds.get', 'payments_payment_v2', '/v2/payments/refunds/{refund_id}', 'get'],
] as const;

/** PayPal returns it for currencies without decimals, but its file of 2024 does not list it for orders. */
const NOT_LISTED = ['orders.create DECIMALS_NOT_SUPPORTED'];

interface Listed {
  readonly issue: string;
  readonly status: number;
  readonly description: string | undefined;
}

/** The issues that PayPal's file lists for an operation. */
function listedIssues(api: (typeof OPERATIONS)[number][1], path: string, method: string): Listed[] {
  const text = JSON.stringify(openApi(api).paths[path]?.[method]?.responses);
  const responses: Record<string, { content?: Record<string, { schema: { allOf?: { $ref: string }[] } }> }> =
    JSON.parse(text);
  return Object.entries(responses).flatMap(([status, { content }]) =>
    (content?.['application/json']?.schema.allOf ?? []).flatMap(({ $ref }) => {
      const list = issueList(api, $ref.split('/').at(-1) ?? '');
      return list.map(({ properties: { issue, description } }) => ({
        issue: issue.enum[0] ?? '',
        status: Number(status),
        description: description?.enum?.[0],
      }));
    }),
  );
}

interface IssueSchema {
  readonly properties: { readonly issue: { enum: string[] }; readonly description?: { enum?: string[] } };
}

function issueList(api: (typeof OPERATIONS)[number][1], schema: string): IssueSchema[] {
  const { components } = JSON.parse(JSON.stringify(openApi(api)));
  return components.schemas[schema].properties.details.items.anyOf ?? [];
}

describe('paypal-issues.json', () => {
  it.each(OPERATIONS)(
    'has every issue that PayPal lists for %s, with status and description',
    (operation, api, path, method) => {
      const known: Record<string, { status: number; description?: string }> = issues[operation];
      const listed = listedIssues(api, path, method);

      expect(Object.keys(known).sort()).toEqual(
        [
          ...new Set([
            ...listed.map(({ issue }) => issue),
            ...NOT_LISTED.flatMap((name) => (name.startsWith(`${operation} `) ? [name.split(' ')[1]] : [])),
          ]),
        ].sort(),
      );
      for (const { issue, status, description } of listed) {
        expect(known[issue]?.status, issue).toBe(status);
        if (description && listed.filter((one) => one.issue === issue).length === 1)
          expect(known[issue]?.description, issue).toBe(description);
      }
    },
  );
});
