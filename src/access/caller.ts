import type { Role } from './role.ts';

/** What API keys are given. */
export const SCOPES = [
  'checkout:write',
  'products:write',
  'orders:read',
  'orders:write',
  'payments:write',
  'events:read',
  'webhooks:write',
] as const;
export type Scope = (typeof SCOPES)[number];

/** A signed-in operator, or the owner of an API key. */
export type Caller = {
  /** In the audit log, and part of stored idempotency keys: the username, or `api-key:<key id>`. */
  readonly id: string;
} & (
  | { readonly role: Role }
  | {
      readonly scopes: readonly Scope[];
      /** Major units per day and currency. @default - the stage's */
      readonly refundLimit?: number | undefined;
    }
);

/** Buyers' data: names, e-mail addresses and postal addresses. */
export const mayReadBuyers = (caller: Caller): boolean =>
  'role' in caller ? caller.role !== 'viewer' : caller.scopes.includes('orders:read');

/** In the history of a payment. */
export const sourceOf = (caller: Caller): string => ('role' in caller ? `operator ${caller.id}` : caller.id);
