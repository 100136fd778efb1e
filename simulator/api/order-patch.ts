import * as z from 'zod/mini';
import { type ErrorDetail, issueError, type PayPalError, statusOf } from '../state/errors.ts';
import { type OrderRequest, orderRequestSchema, type PurchaseUnit } from '../state/order-schema.ts';
import { fieldDetails } from './field-details.ts';
import { amountIssues } from './order-sums.ts';

const patchSchema = z.array(
  z.object({
    op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
    path: z.optional(z.string()),
    value: z.optional(z.unknown()),
  }),
);
type Patch = z.infer<typeof patchSchema>[number];

/** The operations of each attribute of a purchase unit: the table of `orders.patch` in PayPal's OpenAPI file. */
const PATCHABLE: Readonly<Record<string, readonly Patch['op'][]>> = {
  custom_id: ['replace', 'add', 'remove'],
  description: ['replace', 'add', 'remove'],
  invoice_id: ['replace', 'add', 'remove'],
  soft_descriptor: ['replace', 'remove'],
  amount: ['replace'],
  items: ['replace', 'add', 'remove'],
  'shipping/name': ['replace', 'add'],
  'shipping/address': ['replace', 'add'],
};

/**
 * The request of an order after `PATCH`. Of PayPal's patchable attributes, the simulator has those of purchase units.
 * @throws PayPalError 400 or 422 for changes that PayPal refuses
 */
export function patchedRequest(request: OrderRequest, body: unknown): OrderRequest {
  const patches = z.safeParse(patchSchema, body);
  if (!patches.success) throw refused(fieldDetails(patches.error, body));
  const changed = patches.data.reduce<object>(applyPatch, request);
  const parsed = z.safeParse(orderRequestSchema, changed);
  if (!parsed.success) throw refused(fieldDetails(parsed.error, changed));
  const issues = amountIssues(parsed.data.purchase_units);
  if (issues.length > 0) throw refused(issues);
  return parsed.data;
}

/** PayPal lists fewer issues for PATCH than for the creation of an order. */
function refused(details: readonly ErrorDetail[]): PayPalError {
  return issueError(
    'orders.patch',
    details.map((detail) => ({ ...detail, issue: statusOf('orders.patch', detail.issue) ? detail.issue : GENERAL })),
  );
}
const GENERAL = 'INVALID_PARAMETER_SYNTAX';

function applyPatch(request: object, { op, path, value }: Patch): object {
  const fail = (issue: string) => refused([{ issue, field: path }]);
  if (path === undefined) throw fail('PATCH_PATH_REQUIRED');
  if (!path.startsWith('/')) throw fail('INVALID_JSON_POINTER_FORMAT');
  const [, reference, attribute = ''] = /^\/purchase_units\/@reference_id=='(.*?)'\/(.+)$/.exec(path) ?? [];
  const allowed = PATCHABLE[attribute];
  if (reference === undefined || !allowed) throw fail('NOT_PATCHABLE');
  if (!allowed.includes(op)) throw fail('INVALID_PATCH_OPERATION');
  if (op !== 'remove' && value === undefined) throw fail('PATCH_VALUE_REQUIRED');

  const { purchase_units: units } = request as OrderRequest;
  const unit = units.find(({ reference_id = 'default' }) => reference_id === reference);
  if (!unit) throw fail('REFERENCE_ID_NOT_FOUND');
  const [name = '', part] = attribute.split('/');
  const parent: object = part ? (unit.shipping ?? {}) : unit;
  const key = part ?? name;
  if (key in parent === (op === 'add')) throw fail('INVALID_PATCH_OPERATION');
  const { [key as never]: _, ...others } = parent;
  const newParent = op === 'remove' ? others : { ...others, [key]: value };
  const newUnit = part ? { ...unit, shipping: newParent } : newParent;
  return { ...request, purchase_units: units.map((one: PurchaseUnit) => (one === unit ? newUnit : one)) };
}
