import type { Context } from 'hono';
import * as z from 'zod/mini';
import { parseMoney } from '../../src/shared/money.ts';
import type { Simulation } from '../delivery/simulation.ts';
import { amountIssue } from '../state/amounts.ts';
import { parseJson } from '../state/json.ts';
import { findOrder } from '../state/orders.ts';
import { moneySchema } from '../state/schemas.ts';
import type { Capture, Order } from '../state/state.ts';

interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** A rejected control request; the response body is `{error, fields?}`. */
export class ControlError extends Error {
  override readonly name = 'ControlError';
  readonly status: 400 | 404 | 409;
  readonly fields: readonly FieldError[] | undefined;

  constructor(status: 400 | 404 | 409, message: string, fields?: readonly FieldError[]) {
    super(message);
    this.status = status;
    this.fields = fields;
  }
}

/**
 * Validates the body of a control request; an empty body is `{}`.
 * @throws ControlError 400 with the invalid fields
 */
export async function parseControlBody<Schema extends z.ZodMiniType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await c.req.text();
  const parsed = z.safeParse(schema, text === '' ? {} : parseJson(text), { error: z.locales.en().localeError });
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: [...issue.path, key].join('.'), message: 'unknown field' }))
      : [{ field: issue.path.join('.'), message: issue.message }],
  );
  throw new ControlError(400, 'invalid request', fields);
}

/** @throws ControlError 404 when the order does not exist or has expired */
export function requireOrder(sim: Simulation, id: string): Order {
  const order = findOrder(sim, id);
  if (!order) throw new ControlError(404, `order ${id} not found or expired`);
  return order;
}

/** @throws ControlError 404 */
export function requireCapture({ state }: Simulation, id: string): Capture {
  const capture = state.captures.get(id);
  if (!capture) throw new ControlError(404, `capture ${id} not found`);
  return capture;
}

/** An amount, valid for its currency. */
export const amountSchema = z.pipe(
  moneySchema.check(z.refine((money) => amountIssue(money) === undefined, 'invalid amount for the currency')),
  z.transform(parseMoney),
);

/** The error for an action that the current status does not allow. */
export const stateConflict = (what: string, status: string | undefined): ControlError =>
  new ControlError(409, `${what} (status ${status ?? 'none'})`);
