import { describe, expect, it } from 'vitest';
import released from '../../fixtures/release-0.1.0/template-facts.json' with { type: 'json' };
import { factsOf, type StackTemplate, type TemplateFacts } from '../../support/template-facts.ts';
import { templatesOf } from './synth.ts';

/*
 * Release 0.1.0 is deployed somewhere: an update of its stacks must succeed and keep their data.
 * template-facts.json has what `factsOf` returned for its templates of stage prod.
 */

/** What an update from one template to the next would fail at, or lose. */
function obstacles(before: TemplateFacts, after: TemplateFacts): string[] {
  const lost = <T>(
    what: string,
    old: Readonly<Record<string, T>>,
    now: Readonly<Record<string, T>>,
    isSame: (a: T, b: T) => boolean,
  ) =>
    Object.entries(old).flatMap(([id, value]) => {
      const next = now[id];
      return next !== undefined && isSame(value, next) ? [] : [`${what} ${id}`];
    });
  return [
    ...before.exports.filter((name) => !after.exports.includes(name)).map((name) => `removes export ${name}`),
    ...Object.entries(after.named)
      .filter(([name, id]) => before.named[name] !== undefined && before.named[name] !== id)
      .map(([name, id]) => `creates ${name} again as ${id}`),
    ...lost('replaces table', before.tables, after.tables, (a, b) => a.keys === b.keys),
    ...Object.entries(after.tables)
      .filter(([id, { indexes }]) => changes(before.tables[id]?.indexes ?? indexes, indexes) > 1)
      .map(([id]) => `changes more than one index of ${id}`),
    ...lost('replaces user pool', before.userPools, after.userPools, (a, b) => a === b),
  ];
}

/** DynamoDB creates or deletes one index per update. */
const changes = (before: readonly string[], after: readonly string[]): number =>
  before.filter((index) => !after.includes(index)).length + after.filter((index) => !before.includes(index)).length;

/*
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
 */
describe('an update of release 0.1.0', () => {
  it.each(['data', 'service', 'web'] as const)('finds no obstacle in the %s stack', (part) => {
    const template = templatesOf('prod')[part]?.toJSON() as StackTemplate;

    expect(obstacles(released[part], factsOf(template))).toEqual([]);
  });

  // An import of an export forbids removing what is exported, until an update of the importing stack alone.
  it.each(['service', 'web'] as const)('refers from the %s stack to outputs of others, not to exports', (part) => {
    const template = JSON.stringify(templatesOf('prod')[part]?.toJSON());

    expect(template).toContain('"Fn::GetStackOutput"');
    expect(template).not.toContain('"Fn::ImportValue"');
  });

  it.each<[string, (facts: TemplateFacts) => TemplateFacts]>([
    ['removes export a', (facts) => ({ ...facts, exports: [] })],
    [
      'creates AWS::SQS::Queue "q" again as other',
      (facts) => ({ ...facts, named: { 'AWS::SQS::Queue "q"': 'other' } }),
    ],
    ['replaces table t', (facts) => ({ ...facts, tables: {} })],
    ['replaces table t', (facts) => ({ ...facts, tables: { t: { keys: 'other', indexes: ['one'] } } })],
    [
      'changes more than one index of t',
      (facts) => ({ ...facts, tables: { t: { keys: 'k', indexes: ['one', '2', '3'] } } }),
    ],
    [
      'changes more than one index of t',
      (facts) => ({ ...facts, tables: { t: { keys: 'k', indexes: ['one, changed'] } } }),
    ],
    ['replaces user pool p', (facts) => ({ ...facts, userPools: { p: 'other' } })],
  ])('would find: %s', (obstacle, change) => {
    const before: TemplateFacts = {
      exports: ['a'],
      named: { 'AWS::SQS::Queue "q"': 'q' },
      tables: { t: { keys: 'k', indexes: ['one'] } },
      userPools: { p: 'schema' },
    };

    expect(obstacles(before, before)).toEqual([]);
    expect(obstacles(before, change(before))).toEqual([obstacle]);
  });
});
