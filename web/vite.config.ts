import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/*
 * Two entries: the storefront and the admin console. Assets have content hashes in their names and are cached
 * forever; only the two index.html files change in place.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
