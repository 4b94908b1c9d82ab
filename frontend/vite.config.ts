/// <reference types="vitest/config" />
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const server = process.env.BUREAU_URL ?? 'http://acme.bureau.localhost:8080';

export default defineConfig({
  plugins: [react()],
  // Its package names only the build with warnings for developers.
  resolve: { alias: process.env.NODE_ENV === 'production' ? [{ find: /^react-router$/, replacement: fileURLToPath(new URL('node_modules/react-router/dist/production/index.mjs', import.meta.url)) }] : [] },
  // The Go server puts a fresh nonce and the boot data into every page it sends.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2022',
    manifest: true,
    // An inlined font or picture would need data: in the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { main: 'index.html', auth: 'auth.html', ops: 'ops.html', docs: 'docs.html' },
      // Emotion asks for it on behalf of a helper that nobody here uses.
      treeshake: { moduleSideEffects: [{ test: /node_modules\/(hoist-non-react-statics|react-is)\//, sideEffects: false }] },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            { name: 'state', test: /node_modules\/(react-redux|@reduxjs|immer|reselect|redux)\// },
            // What every page is drawn with: together it packs better than in four.
            { name: 'style', test: /node_modules\/(@emotion\/|stylis\/|@mui\/system\/(cssVars|styleFunctionSx|createTheme|ThemeProvider)\/|@mui\/material\/styles\/)/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/auth', '/dev'].map((path) => [path, { target: server, changeOrigin: true }]),
    ),
  },
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://acme.bureau.localhost/' } },
    globals: true,
    setupFiles: ['src/test/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}'],
    css: false,
    pool: 'threads',
    // jsdom and every library anew for each file would be more than half of the work.
    isolate: false,
    unstubGlobals: true,
    // As many as there are cores: by itself it leaves one out, which is half of two.
    maxWorkers: availableParallelism(),
    // They run beside the Go tests.
    testTimeout: 60_000,
  },
});
