import ui from '@nuxt/ui/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [
    vue(),
    ui({
      ui: {
        colors: { primary: 'indigo', neutral: 'zinc' },
        // What has not been chosen is said in words, and words are read.
        select: { slots: { placeholder: 'text-muted' } },
        selectMenu: { slots: { placeholder: 'text-muted' } },
        // Initials are text, too: muted on elevated would be too faint.
        avatar: { variants: { color: { neutral: { fallback: 'text-default' } } } },
      },
      // Only the icons in use are bundled, so that no page asks another server for them.
      icon: { clientBundle: { scan: { globInclude: ['src/**/*.{vue,ts}'] } } },
    }),
  ],
  server: {
    proxy: {
      '/graphql': { target: 'http://127.0.0.1:4000', ws: true },
      '/v1': 'http://127.0.0.1:4000',
    },
  },
  build: { outDir: 'dist', emptyOutDir: true },
});
