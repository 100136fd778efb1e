import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CODE_FOLDERS, isIn } from './code-folders.ts';

/*
 * Everything these words stand for has a better name in docs/glossary.md. They are found in identifiers too:
 * `lookAfter` is "look after".
 */
const FORBIDDEN = anyOf(
  ['books', 'mistakes?', 'deeds?', 'wish(?:e[sd]|ing)?', 'chapters?', 'arrows?'],
  ['whoever', 'somebody', 'nobody', 'anew', 'mend(?:s|ed|ing)?', 'told', 'heard'],
  ['look(?:s|ed|ing)?\\s+(?:after|again)', 't(?:ake|akes|aken|aking|ook)\\s+down'],
);

/** A settlement is an execution of the workflow: evidence is applied, events are processed, jobs reconcile. */
const SETTLE = anyOf(['(?:un)?settl(?:es?|ed|ers?|ing)']);

function anyOf(...words: readonly string[][]): RegExp {
  return new RegExp(`\\b(?:${words.flat().join('|')})\\b`, 'gi');
}

/** Exact texts that contain such a word. `in` is a file or folder; without it, the text is allowed everywhere. */
const ALLOWED: readonly { readonly text: string; readonly in?: string; readonly reason: string }[] = [
  { text: 'settle-once', reason: 'product name' },
  { text: 'SettleOnce', reason: 'CloudWatch namespace' },
  { text: 'allSettled', reason: 'JavaScript' },
  { text: 'SettledResult', reason: 'JavaScript' },
  { text: 'ArrowLeft', reason: 'name of a key' },
  { text: 'ArrowRight', reason: 'name of a key' },
  { text: 'arrow key', reason: 'name of a key' },
  { text: 'settled:', reason: 'field of the API and of stored figures' },
  { text: '.settled', reason: 'field of the API and of stored figures' },
  { text: '{ settled }', reason: 'field of the API and of stored figures' },
  { text: "'settled.", reason: 'prefix of stored counters' },
  { text: '`settled.', reason: 'prefix of stored counters' },
  { text: '{ status, settled }', reason: 'field of the API' },
  { text: ', settled, failed', reason: 'fields of the API' },
  { text: 'succeeded: settled', reason: 'field of the API' },
  { text: 'return settled\n', in: 'web/admin/pages/payment.tsx', reason: 'field of the API' },
  { text: '`settled`', reason: 'field of the API' },
  { text: 'settled_at', reason: 'stored attribute' },
  { text: 'looked_after', in: 'src/consistency/run-check.ts', reason: 'stored field' },
  { text: 'look_again', reason: 'field sent between functions' },
  { text: "'settle'", reason: 'stored kind of repair' },
  { text: 'settle(', in: 'src/consistency', reason: 'kind of repair' },
  { text: 'settle', in: 'test/unit/consistency', reason: 'kind of repair' },
  { text: 'settle: ', in: 'test/support/in-memory/admin-api.ts', reason: 'kind of repair' },
  { text: '"settle"', reason: 'stored kind of repair' },
  { text: 'heard_at', reason: 'stored attribute and field of the API' },
  { text: "'Mended'", reason: 'metric' },
  { text: '`Mended`', reason: 'metric' },
  { text: 'Mended:', in: 'src/shared/metric-names.ts', reason: 'metric' },
  { text: 'NOT_MENDED', reason: 'log code' },
  { text: 'BOOKS_CHECKED', reason: 'log code' },
  { text: 'BooksChecked', reason: 'name of a schema in docs/openapi.yaml' },
  { text: '`books-wrong`', in: 'CHANGELOG.md', reason: 'former name of an alarm' },
  { text: '`books-unchecked`', in: 'CHANGELOG.md', reason: 'former name of an alarm' },
  { text: '`mended`', in: 'CHANGELOG.md', reason: 'former name of a log field' },
  { text: 'settled', in: 'simulator/state/paypal-issues.json', reason: 'words of PayPal' },
];

const EXTENSIONS = '{css,html,js,json,md,mjs,py,ts,tsx,txt,yaml,yml}';
const FILES = globSync([`{${CODE_FOLDERS},docs,.github,.devcontainer}/**/*.${EXTENSIONS}`, `*.${EXTENSIONS}`], {
  exclude: [
    'package-lock.json',
    'web/dist/**',
    'docs/pictures/**',
    'test/fixtures/**',
    'test/unit/structure/words.test.ts',
  ],
}).sort();

/** Top-level folder; of src/, test/ and web/ the next level as well. */
const folderOf = (file: string) => {
  const [first = '', ...rest] = file.split('/').slice(0, -1);
  return ['src', 'test', 'web'].includes(first) && rest[0] ? `${first}/${rest[0]}` : first || '.';
};
const FOLDERS = [...new Set(FILES.map(folderOf))];

/** The text without comment markers, `mendedPayments`, `MENDED_PAYMENTS` and `mended-payments` as separate words. */
const asWords = (text: string) =>
  text
    .replaceAll(/^[ \t]*(?:\*|\/\/|#) ?/gm, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ');

/** Not as the start of a longer identifier. */
const exactly = (text: string) =>
  new RegExp(`${text.replaceAll(/[.{}()]/g, '\\$&')}${/\w$/.test(text) ? '(?![A-Za-z])' : ''}`, 'g');

/** As `file:line word`; a phrase may continue on the next line. */
function offencesIn(file: string, text: string): string[] {
  const allowed = ALLOWED.filter((entry) => !entry.in || isIn(file, entry.in));
  const words = asWords(allowed.reduce((rest, entry) => rest.replaceAll(exactly(entry.text), ''), text));
  const patterns = isIn(file, ...CODE_FOLDERS) ? [FORBIDDEN, SETTLE] : [FORBIDDEN];
  return patterns.flatMap((pattern) =>
    [...words.matchAll(pattern)].map(({ 0: word, index }) => {
      const line = words.slice(0, index).split('\n').length;
      return `${file}:${line} ${word.replaceAll(/\s+/g, ' ')}`;
    }),
  );
}

describe('forbidden words', () => {
  it.each([
    'Somebody told us',
    'lookAfterPayment',
    'LOOK_AGAIN',
    'taken-down',
    'mostMistakes',
    'books',
    'no wish',
    'unsettled',
    '// jobs look\n// after payments',
  ])('are found in "%s"', (text) => {
    expect(offencesIn('src/a.ts', text)).not.toEqual([]);
  });

  it.each(['recommended', 'narrow', 'bookmarks', 'look up', 'settlement', 'heard_at', 'Promise.allSettled'])(
    'are not found in "%s"',
    (text) => {
      expect(offencesIn('src/a.ts', text)).toEqual([]);
    },
  );

  it.each(FOLDERS)('are absent from %s', (folder) => {
    const offences = FILES.filter((file) => folderOf(file) === folder).flatMap((file) =>
      offencesIn(file, readFileSync(file, 'utf8')),
    );

    expect(offences).toEqual([]);
  });
});
