import { cacheExchange, createClient, fetchExchange } from '@urql/vue';

/**
 * The one way to the API. The session travels in an http-only cookie, so the browser needs no token; every answer is
 * fetched anew behind what the cache shows, because counts move.
 */
export const client = createClient({
  url: '/graphql',
  exchanges: [cacheExchange, fetchExchange],
  requestPolicy: 'cache-and-network',
  preferGetMethod: false,
  fetchOptions: { credentials: 'same-origin' },
});
