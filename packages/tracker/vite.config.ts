import { defineConfig } from 'vite';

/** The script for pages: everything in one file. The module is what `tsc` makes of the sources. */
export default defineConfig({
  build: {
    target: 'es2021',
    emptyOutDir: false,
    lib: { entry: 'src/script.ts', formats: ['iife'], name: 'coterieTag', fileName: () => 'coterie.js' },
  },
});
