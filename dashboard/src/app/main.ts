import '../assets/main.css';
import ui from '@nuxt/ui/vue-plugin';
import urql from '@urql/vue';
import { createApp } from 'vue';
import App from './App.vue';
import { client } from './client.js';
import { router } from './router.js';

createApp(App).use(router).use(ui).use(urql, client).mount('#app');
