import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { NOTICES_FILE, thirdPartyNotices } from '../lib/third-party-notices.ts';

/** Emits the licences of all bundled packages. Vite's own `build.license` names packages without a text. */
const notices: Plugin = {
  name: 'third-party-notices',
  generateBundle(_, files) {
    const modules = Object.values(files).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    this.emitFile({ type: 'asset', fileName: NOTICES_FILE, source: thirdPartyNotices(modules) });
  },
};

/*
 * Two entries: the storefront and the admin console. Assets have content hashes in their names and are cached
 * forever; only the two index.html files change in place.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), notices],
  build: {
    outDir: 'dist',
    // The oldest target that React 19 and Mantine 9 support without polyfills.
    target: 'es2022',
    // An inlined preload helper or asset would need an exception in the content security policy.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    manifest: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: {
        storefront: `${import.meta.dirname}/storefront/index.html`,
        admin: `${import.meta.dirname}/admin/index.html`,
      },
    },
  },
});
