/** A copy of a JSON value with the member at a path omitted or null. `*` in the path stands for every member. */
export function reshaped(value: unknown, [name, ...rest]: readonly string[], as: 'null' | 'omit'): unknown {
  if (typeof value !== 'object' || value === null || name === undefined) return value;
  const isNamed = (key: string) => name === '*' || key === name;
  const shape = (child: unknown) => (rest.length > 0 ? reshaped(child, rest, as) : null);
  const omits = as === 'omit' && rest.length === 0;
  if (Array.isArray(value)) {
    return value.flatMap((child, index) => (isNamed(String(index)) ? (omits ? [] : [shape(child)]) : [child]));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) =>
      isNamed(key) ? (omits ? [] : [[key, shape(child)]]) : [[key, child]],
    ),
  );
}
