import { createClient } from 'graphql-ws';
import { WebSocket, type ClientOptions } from 'ws';
import type { GraphqlAnswer } from './workspaces.js';

/** A subscription that is under way. */
export interface Listening {
  /** Every event so far. */
  events: GraphqlAnswer[];
  /** Waits until there was an event, or it has ended without one. */
  heard(): Promise<void>;
  /** When it has ended; fails when the connection was refused. */
  ended: Promise<void>;
  stop(): void;
}

/** Who listens, and to what. */
export interface Listener {
  headers?: Record<string, string>;
  connectionParams?: Record<string, unknown>;
  query: string;
  variables?: Record<string, unknown>;
}

/** Subscribes as a program does that speaks `graphql-transport-ws`. */
export function listen(
  url: string,
  { headers = {}, connectionParams, query, variables = {} }: Listener,
): Listening {
  class WithHeaders extends WebSocket {
    constructor(address: string, protocols: string[], options?: ClientOptions) {
      super(address, protocols, { ...options, headers });
    }
  }
  const client = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WithHeaders,
    retryAttempts: 0,
    ...(connectionParams && { connectionParams }),
  });
  const events: GraphqlAnswer[] = [];
  let stop = (): void => undefined;
  const first = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve, reject) => {
    stop = client.subscribe(
      { query, variables },
      {
        next(event) {
          events.push(event as GraphqlAnswer);
          first.resolve();
        },
        // What is wrong with the operation itself ends it as well.
        error: (error) => {
          if (!Array.isArray(error)) return reject(error);
          events.push({ errors: error } as unknown as GraphqlAnswer);
          resolve();
        },
        complete: resolve,
      },
    );
  }).finally(() => client.dispose());
  return { events, ended, heard: () => Promise.race([first.promise, ended]), stop: () => stop() };
}
