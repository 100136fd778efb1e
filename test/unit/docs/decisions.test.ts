import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';

const records = globSync('docs/decisions/[0-9]*.md')
  .sort()
  .map((path) => ({ file: basename(path), text: readFileSync(path, 'utf8') }));

/** The index lists number, title, date and status of each record, in the record's own words. */
const rows = [
  ...readFileSync('docs/decisions/README.md', 'utf8').matchAll(
    /^\| \[(\d{4})\]\((.+?)\) +\| (.+?) +\| ([\d-]+) +\| (.+?) +\|$/gm,
  ),
].map(([, number, file, title, date, status]) => ({ number, file, title, date, status }));

describe('docs/decisions', () => {
  it('numbers its records without gaps', () => {
    expect(records.length).toBeGreaterThan(10);
    expect(records.map(({ file }) => Number(file.slice(0, 4)))).toEqual(records.map((_, index) => index + 1));
  });

  it('begins each record with number, title, date and status', () => {
    const pattern =
      /^# \d{4} .+\n\n\d{4}-\d{2}-\d{2} · (Accepted|Superseded by \[\d{4}\]\(.+\))\n\n\*\*Question\.\*\* /;

    expect(records.filter(({ text }) => !pattern.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it('lists every record in its index with title, date and status', () => {
    const expected = records.map(({ file, text }) => {
      const [heading = '', , line = ''] = text.split('\n');
      const [date, status] = line.split(' · ');
      return { number: file.slice(0, 4), file, title: heading.slice('# 0000 '.length), date, status };
    });

    expect(rows).toEqual(expected);
  });
});
