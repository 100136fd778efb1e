import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file next to bundled code with the licences of the packages in it. */
export const NOTICES_FILE = 'THIRD-PARTY-NOTICES.txt';

/** Up to the last `node_modules`: packages may be nested. */
const PACKAGE_FOLDER = /^.*\/?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Next to the licence, Apache-2.0 requires to pass on a NOTICE file. */
const LICENSE_FILE = /^(?:licen[cs]e|notice|copying)/i;

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
}

/**
 * The licences of all packages that these files come from; equal texts once.
 * @param files paths of bundled files; those outside node_modules are the project's own.
 * @throws Error when a package has no licence text, and its licence requires one that is not known here.
 */
export function thirdPartyNotices(files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => PACKAGE_FOLDER.exec(file.replace(/^\0/, '')) ?? []));
  const packages = [...folders].map((folder) => ({
    ...(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageJson),
    folder,
  }));
  const titlesByText = new Map<string, string[]>();
  for (const each of packages.toSorted((a, b) => a.name.localeCompare(b.name, 'en'))) {
    const text = licenseFilesIn(each.folder) || standardText(each);
    const titles = titlesByText.get(text) ?? [];
    titlesByText.set(text, [...titles, `${each.name} ${each.version} (${each.license ?? 'see below'})`]);
  }
  return [...titlesByText].map(([text, titles]) => `${titles.join('\n')}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

const licenseFilesIn = (folder: string): string =>
  readdirSync(folder)
    .filter((file) => LICENSE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8').trim())
    .join('\n\n');

/** Of a package that names its licence only. */
function standardText({ name, license, author = `the authors of ${name}` }: PackageJson): string {
  switch (license) {
    case 'Apache-2.0':
      return readFileSync(join(import.meta.dirname, '../LICENSE'), 'utf8').trim();
    case 'MIT':
      return mit(typeof author === 'string' ? author : author.name);
    case 'MIT-0':
    case 'Unlicense':
      return 'This licence requires no notice.';
    default:
      throw new Error(`package ${name} has no licence file, and licence ${license} has no text here`);
  }
}

/** https://spdx.org/licenses/MIT.html */
const mit = (author: string): string => `Copyright (c) ${author}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
