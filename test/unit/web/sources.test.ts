import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOT_FOUND_PAGE, PAGES } from '../../../lib/web-serving.ts';

const WEB = join(import.meta.dirname, '../../../web');
const pages = globSync('{storefront,admin,public}/**/*.html', { cwd: WEB });
const scripts = globSync('{storefront,admin,page,api}/**/*.{ts,tsx}', { cwd: WEB });

describe('web/', () => {
  it('contains every served page', () => {
    const found = pages.map((page) => `/${page.replace(/^public\//, '')}`);

    expect(found).toEqual(expect.arrayContaining([...Object.values(PAGES), NOT_FOUND_PAGE]));
  });

  it.each(pages)(
    'has no inline script, style or event handler, as the content security policy requires: %s',
    (page) => {
      const html = readFileSync(join(WEB, page), 'utf8');

      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    },
  );

  it.each(scripts)('writes text, never markup: %s', (script) => {
    expect(readFileSync(join(WEB, script), 'utf8')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/i,
    );
  });

  it.each(scripts.filter((script) => script.startsWith('admin/') && script !== 'admin/app.tsx'))(
    'imports pages only in admin/app.tsx: %s',
    (script) => {
      const source = readFileSync(join(WEB, script), 'utf8');
      const imported = [...source.matchAll(/from '(\.[^']+\.tsx)'/g)].map(([, path = '']) =>
        join(dirname(script), path),
      );

      expect(imported.filter((path) => path.startsWith('admin/pages/'))).toEqual([]);
    },
  );
});
