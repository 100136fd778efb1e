import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/*
 * Two entries, the shop's pages and the operators'. What the browser loads is named by its content, so that it can be kept for ever;
 * only the two index.html change under their name.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    // As old as React 19 and Mantine 9 allow without polyfills.
    target: 'es2022',
    // An inlined module preload helper or asset would need an exception in the content security policy.
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
