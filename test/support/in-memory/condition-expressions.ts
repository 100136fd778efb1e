/*
 * The part of DynamoDB's condition expressions that the shop uses, so that repositories in memory reject the same
 * writes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
 */

type Item = Readonly<Record<string, unknown>>;
/** ExpressionAttributeValues and ExpressionAttributeNames. */
interface Placeholders {
  readonly values: Item;
  readonly names?: Readonly<Record<string, string>>;
}
type Condition = (item: Item, placeholders: Placeholders) => boolean;
type Operand = (item: Item, placeholders: Placeholders) => unknown;

const compiled = new Map<string, Condition>();

/** Whether a condition holds for an item. A comparison with a missing attribute is always false. */
export function holds(expression: string, item: Item, placeholders: Placeholders): boolean {
  const condition = compiled.get(expression) ?? compile(expression);
  compiled.set(expression, condition);
  return condition(item, placeholders);
}

const COMPARISONS: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '=': same,
  '<>': (a, b) => !same(a, b),
  '<': (a, b) => (a as number) < (b as number),
  '<=': (a, b) => (a as number) <= (b as number),
  '>': (a, b) => (a as number) > (b as number),
  '>=': (a, b) => (a as number) >= (b as number),
};

function compile(expression: string): Condition {
  const tokens = expression.match(/[:#]?[\w.#]+|<>|<=|>=|[<>=(),]/g) ?? [];
  let position = 0;
  const peek = () => tokens[position];
  const next = (): string => {
    const token = tokens[position++];
    if (token === undefined) throw new Error(`unexpected end of condition: ${expression}`);
    return token;
  };
  const skip = (expected: string) => {
    const token = next();
    if (token !== expected) throw new Error(`unexpected ${token} in condition: expected ${expected} in ${expression}`);
  };

  const any = (): Condition => {
    const parts = [all()];
    while (peek() === 'OR') {
      next();
      parts.push(all());
    }
    return (item, placeholders) => parts.some((part) => part(item, placeholders));
  };
  const all = (): Condition => {
    const parts = [one()];
    while (peek() === 'AND') {
      next();
      parts.push(one());
    }
    return (item, placeholders) => parts.every((part) => part(item, placeholders));
  };
  const one = (): Condition => {
    const token = next();
    if (token === '(') {
      const inner = any();
      skip(')');
      return inner;
    }
    if (token === 'NOT') {
      const inner = one();
      return (item, placeholders) => !inner(item, placeholders);
    }
    if (token === 'contains') {
      skip('(');
      const set = operandOf(next());
      skip(',');
      const element = operandOf(next());
      skip(')');
      return (item, placeholders) => {
        const found = set(item, placeholders);
        return found instanceof Set && found.has(element(item, placeholders));
      };
    }
    if (token === 'attribute_exists' || token === 'attribute_not_exists') {
      skip('(');
      const operand = operandOf(next());
      skip(')');
      return (item, placeholders) => (operand(item, placeholders) !== undefined) === (token === 'attribute_exists');
    }
    return comparison(operandOf(token));
  };
  const comparison = (left: Operand): Condition => {
    const operator = next();
    if (operator === 'IN') {
      skip('(');
      const list = [operandOf(next())];
      while (peek() === ',') {
        next();
        list.push(operandOf(next()));
      }
      skip(')');
      return (item, placeholders) => list.some((right) => compare('=', left, right, item, placeholders));
    }
    const right = operandOf(next());
    return (item, placeholders) => compare(operator, left, right, item, placeholders);
  };

  const condition = any();
  if (position < tokens.length) throw new Error(`unexpected ${peek()} in condition: ${expression}`);
  return condition;
}

function compare(operator: string, left: Operand, right: Operand, item: Item, placeholders: Placeholders): boolean {
  const [a, b] = [left(item, placeholders), right(item, placeholders)];
  const holdsFor = COMPARISONS[operator];
  if (!holdsFor) throw new Error(`unsupported comparison ${operator}`);
  return a !== undefined && b !== undefined && holdsFor(a, b);
}

/** The value of a placeholder, or the attribute at a path such as `captured.minor`. */
function operandOf(token: string): Operand {
  if (token.startsWith(':'))
    return (_, { values }) => {
      if (!(token in values)) throw new Error(`${token} has no value`);
      return values[token];
    };
  const path = token.split('.');
  return (item, { names = {} }) =>
    path.reduce<unknown>(
      (at, part) => (at as Item | undefined)?.[part.startsWith('#') ? nameOf(part, names) : part],
      item,
    );
}

function nameOf(placeholder: string, names: Readonly<Record<string, string>>): string {
  const name = names[placeholder];
  if (name === undefined) throw new Error(`${placeholder} has no name`);
  return name;
}

/** Maps are equal regardless of the sequence of their attributes. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return keys.length === others.length && keys.every((key) => same((a as Item)[key], (b as Item)[key]));
}
