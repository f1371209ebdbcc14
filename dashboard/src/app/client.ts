import {
  cacheExchange,
  createClient,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
  type SubscriptionOperation,
} from '@urql/vue';
import type { Client as SocketClient } from 'graphql-ws';
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
      subscriptionExchange({ forwardSubscription: (operation) => ({ subscribe: subscribe(operation) }) }),
    ],
    requestPolicy: 'cache-and-network',
    preferGetMethod: false,
    fetchOptions: { credentials: 'same-origin' },
  });
}

let socket: Promise<SocketClient> | undefined;

/** The socket, and the code for it, are opened by the first page that needs them. */
function openSocket(): Promise<SocketClient> {
  socket ??= import('graphql-ws').then(({ createClient: createSocket }) =>
    createSocket({ url: `${window.location.origin.replace(/^http/u, 'ws')}/graphql`, lazy: true }),
  );
  return socket;
}

type Subscribe = Parameters<typeof subscriptionExchange>[0]['forwardSubscription'] extends (
  ...asked: never[]
) => infer Observable
  ? Observable extends { subscribe: infer Method }
    ? Method
    : never
  : never;

function subscribe({ query = '', variables }: Pick<SubscriptionOperation, 'query' | 'variables'>): Subscribe {
  return ((sink) => {
    let isOver = false;
    let end: (() => void) | undefined;
    const listen = async (): Promise<void> => {
      const client = await openSocket();
      if (isOver) return;
      end = client.subscribe(
        { query, ...(variables ? { variables: variables as Record<string, unknown> } : {}) },
        // Pages ask now and then as well, so a socket that cannot be had is nothing to complain of.
        {
          next: (answer) => sink.next(answer as never),
          error: () => sink.complete(),
          complete: () => sink.complete(),
        },
      );
    };
    listen().catch(() => sink.complete());
    return {
      unsubscribe() {
        isOver = true;
        end?.();
      },
    };
  }) as Subscribe;
}
