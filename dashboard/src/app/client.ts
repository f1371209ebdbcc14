import { cacheExchange, createClient, fetchExchange, mapExchange } from '@urql/vue';
import { isSignedOut } from '../ui/failure.js';

/**
 * The one way to the API. The session travels in an http-only cookie, so the browser needs no token; every answer is
 * fetched anew behind what the cache shows, because counts move.
 * @param onSignedOut called when an answer says that the session is missing or has ended.
 */
export function createApiClient(onSignedOut: () => void) {
  return createClient({
    url: '/graphql',
    exchanges: [
      mapExchange({
        onError(error) {
          if (isSignedOut(error)) onSignedOut();
        },
      }),
      cacheExchange,
      fetchExchange,
    ],
    requestPolicy: 'cache-and-network',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
  });
}
