import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resourcesOf } from './synth.ts';

it('the documentation names existing alarms only', () => {
  const alarms = resourcesOf('prod', 'AWS::CloudWatch::Alarm').map(([, { Properties }]) =>
    Properties.AlarmName.replace('settle-once-prod-', ''),
  );
  const named = [...globSync('*.md'), ...globSync('{docs,.github}/**/*.md')].flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\b[Aa]larms? (`[a-z-]+`(?:(?:, | and )`[a-z-]+`)*)/g)].flatMap(
      ([, match = '']) => [...match.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => ({ page, name })),
    ),
  );

  expect(named.length).toBeGreaterThan(3);
  expect(named.filter(({ name }) => !alarms.includes(name))).toEqual([]);
});
