import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memberSource, parseJson } from '../../../simulator/state/json.ts';

it('finds a member as it stands, whatever is around it', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      fc.jsonValue(),
      fc.constantFrom('', ' ', '\n\t'),
      (before, value, after, space) => {
        const text = JSON.stringify(value, null, 1);
        const json = `{${space}"a":${JSON.stringify(before)},"event"${space}:${space}${text}${space},"z":${JSON.stringify(after)}}`;

        expect(memberSource(json, 'event')).toBe(text);
      },
    ),
  );
});

it.each([
  ['{"a":"event","event":1}', '1'],
  ['{"a":{"event":1},"event":2}', '2'],
  ['{"a":["event",{"event":1}],"event":3}', '3'],
  ['{"event":"a,}\\"b"}', '"a,}\\"b"'],
  ['{"event":1.0}', '1.0'],
  ['{"ev\\u0065nt":{}}', '{}'],
  ['{"a":{"event":1}}', undefined],
  ['{"a":"event"}', undefined],
  ['{}', undefined],
])('finds the member of %s at the top alone', (json, text) => {
  expect(memberSource(json, 'event')).toBe(text);
});

it('no JSON is undefined', () => {
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('null')).toBeNull();
});
