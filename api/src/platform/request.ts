import { AsyncLocalStorage } from 'node:async_hooks';
import { keyOf, type RequestContext } from './context.js';

/** The request that is being answered, of those over GraphQL. */
export const currentRequest = new AsyncLocalStorage<RequestContext>();

/** The id of the API key that asks; null for people, jobs, and where nobody asks over GraphQL. */
export function currentKey(): string | null {
  return keyOf(currentRequest.getStore()?.viewer ?? { kind: 'nobody' });
}
