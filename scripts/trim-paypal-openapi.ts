import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Writes test/fixtures/paypal/openapi from PayPal's full OpenAPI documents:
 *
 *   git clone https://github.com/paypal/paypal-rest-api-specifications
 *   node scripts/trim-paypal-openapi.ts paypal-rest-api-specifications/openapi
 *
 * Keeps the calls below with their request bodies and responses, and the components that these reference, directly or
 * through others. Drops parameters and what does not validate: descriptions, titles, examples, links to other pages.
 */

const FIXTURES = join(import.meta.dirname, '../test/fixtures/paypal/openapi');

/** Per document: the calls that the simulator serves and the tests validate, and schemas that they use by name. */
const KEPT: Readonly<Record<string, { readonly calls: readonly string[]; readonly schemas?: readonly string[] }>> = {
  checkout_orders_v2: {
    calls: [
      'post /v2/checkout/orders',
      'get /v2/checkout/orders/{id}',
      'patch /v2/checkout/orders/{id}',
      'post /v2/checkout/orders/{id}/authorize',
      'post /v2/checkout/orders/{id}/capture',
    ],
  },
  payments_payment_v2: {
    calls: [
      'get /v2/payments/captures/{capture_id}',
      'post /v2/payments/captures/{capture_id}/refund',
      'get /v2/payments/refunds/{refund_id}',
    ],
  },
  notifications_webhooks_v1: {
    calls: [
      'get /v1/notifications/webhooks',
      'post /v1/notifications/webhooks',
      'get /v1/notifications/webhooks/{webhook_id}',
      'patch /v1/notifications/webhooks/{webhook_id}',
      'delete /v1/notifications/webhooks/{webhook_id}',
      'get /v1/notifications/webhooks/{webhook_id}/event-types',
      'get /v1/notifications/webhooks-event-types',
      'get /v1/notifications/webhooks-events',
      'get /v1/notifications/webhooks-events/{event_id}',
      'post /v1/notifications/webhooks-events/{event_id}/resend',
      'post /v1/notifications/verify-webhook-signature',
      'post /v1/notifications/simulate-event',
    ],
  },
  customer_disputes_v1: { calls: ['get /v1/customer/disputes/{id}'], schemas: ['dispute'] },
  reporting_transactions_v1: { calls: ['get /v1/reporting/transactions'] },
};

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
type JsonObject = { readonly [key: string]: Json };

const ANNOTATIONS: ReadonlySet<string> = new Set([
  'description',
  'title',
  'summary',
  'example',
  'examples',
  'externalDocs',
  'readOnly',
]);
/** Keys under which names stand, not keywords: a property may be called `description`. */
const MAPS: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'content', 'responses', 'schemas']);

function withoutAnnotations(node: Json, isMap = false): Json {
  if (Array.isArray(node)) return node.map((child) => withoutAnnotations(child));
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => isMap || !(ANNOTATIONS.has(key) || key.startsWith('x-')))
      .map(([key, child]) => [key, withoutAnnotations(child, !isMap && MAPS.has(key))]),
  );
}

function isObject(node: Json): node is JsonObject {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** `#/components/…` of every reference in a value. */
function referencesIn(node: Json): string[] {
  if (!isObject(node) && !Array.isArray(node)) return [];
  const own = isObject(node) && typeof node.$ref === 'string' ? [node.$ref] : [];
  return [...own, ...Object.values(node).flatMap(referencesIn)];
}

const at = (document: Json, path: readonly string[]): Json =>
  path.reduce((node, key) => {
    const child = isObject(node) ? node[key] : undefined;
    if (child === undefined) throw new Error(`not in the document: ${path.join(' ')}`);
    return child;
  }, document);

function trim(document: JsonObject, { calls, schemas = [] }: (typeof KEPT)[string]): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const call of calls) {
    const [method = '', path = ''] = call.split(' ');
    const { requestBody, responses = {} } = at(document, ['paths', path, method]) as JsonObject;
    paths[path] ??= {};
    paths[path][method] = withoutAnnotations({ ...(requestBody !== undefined && { requestBody }), responses });
  }

  const components: Record<string, Record<string, Json>> = {};
  const queue = [...referencesIn(paths), ...schemas.map((name) => `#/components/schemas/${name}`)];
  for (let reference = queue.pop(); reference !== undefined; reference = queue.pop()) {
    const [, , kind = '', name = ''] = reference.split('/');
    if (components[kind]?.[name] !== undefined) continue;
    const component = withoutAnnotations(at(document, ['components', kind, name]));
    components[kind] ??= {};
    components[kind][name] = component;
    queue.push(...referencesIn(component));
  }
  const sorted = Object.entries(components).map(([kind, named]) => [
    kind,
    Object.fromEntries(
      Object.keys(named)
        .sort()
        .map((name) => [name, named[name]]),
    ),
  ]);
  const { openapi = null, info = {} } = document;
  const { title = null, version = null } = info as JsonObject;
  // Apache-2.0, section 4(b): modified files must carry a notice.
  const description = 'Modified: trimmed from the original by scripts/trim-paypal-openapi.ts, see NOTICE';
  return { openapi, info: { title, version, description }, paths, components: Object.fromEntries(sorted) };
}

const WIDTH = 120;

/** JSON with whatever fits on a line on one line. */
function print(node: Json, indent = ''): string {
  const line = JSON.stringify(node);
  if (typeof node !== 'object' || node === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent}  `;
  return Array.isArray(node)
    ? `[\n${node.map((child) => inner + print(child, inner)).join(',\n')}\n${indent}]`
    : `{\n${Object.entries(node)
        .map(([key, child]) => `${inner}${JSON.stringify(key)}: ${print(child, inner)}`)
        .join(',\n')}\n${indent}}`;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node scripts/trim-paypal-openapi.ts FOLDER, with PayPal's full documents in it");
  process.exitCode = 2;
} else {
  for (const [name, kept] of Object.entries(KEPT)) {
    const document = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
    writeFileSync(join(FIXTURES, `${name}.json`), `${print(trim(document, kept))}\n`);
  }
}
