/*
 * Bundled in place of @aws-lambda-powertools/jmespath, of which Powertools idempotency here reads single fields only:
 * the parser and interpreter are 25 kB.
 */

/** @throws Error when the expression is more than the name of a field */
export function search(expression: string, data: object): unknown {
  if (!/^[a-z_]+$/i.test(expression)) throw new Error(`Not the name of a field: ${expression}`);
  return (data as Record<string, unknown>)[expression] ?? null;
}

/** The default of Powertools' `jmesPathOptions`, which `search` does not read. */
export const PowertoolsFunctions = Object;
