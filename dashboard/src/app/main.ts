import '../assets/main.css';
import ui from '@nuxt/ui/vue-plugin';
import urql from '@urql/vue';
import { createApp } from 'vue';
import App from './App.vue';
import { createApiClient } from './client.js';
import { askToSignIn, router } from './router.js';

createApp(App)
  .use(router)
  .use(ui)
  .use(
    urql,
    createApiClient(() => askToSignIn()),
  )
  .mount('#app');
