import type { ShapeRule, WebhookEvent } from './state.ts';

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

/** The event as PayPal sends it under the rules. Apply before it is stored: deliveries and list are then the same. */
export function shapedEvent(rules: readonly ShapeRule[], event: WebhookEvent): WebhookEvent {
  const own = rules.filter(({ match, event_type = event.type }) => match !== 'answers' && event_type === event.type);
  if (own.length === 0) return event;
  const body = own.reduce<unknown>(
    (shaped, { match, path, as }) => reshaped(shaped, `${match === 'events' ? 'resource.' : ''}${path}`.split('.'), as),
    JSON.parse(event.body.toString()),
  );
  return { ...event, body: Buffer.from(JSON.stringify(body)) };
}
