import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NOT_FOUND_PAGE, PAGES } from '../../../lib/web-serving.ts';

const WEB = join(import.meta.dirname, '../../../web');
const pages = globSync('{storefront,admin,public}/**/*.html', { cwd: WEB });
const scripts = globSync('{storefront,admin,page,api}/**/*.{ts,tsx}', { cwd: WEB });

describe('a page of the shop', () => {
  it('is looked at here, whichever is served', () => {
    const looked = pages.map((page) => `/${page.replace(/^public\//, '')}`);

    expect(looked).toEqual(expect.arrayContaining([...Object.values(PAGES), NOT_FOUND_PAGE]));
  });

  it.each(pages)(
    '%s has no script, style or event handler in it, which its content security policy would refuse',
    (page) => {
      const html = readFileSync(join(WEB, page), 'utf8');

      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)/);
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/);
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    },
  );

  it.each(scripts)('%s writes text, never markup', (script) => {
    expect(readFileSync(join(WEB, script), 'utf8')).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/i,
    );
  });
});
