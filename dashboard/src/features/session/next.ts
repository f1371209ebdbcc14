import type { LocationQuery } from 'vue-router';

/** Where to go after signing in. Only a path of our own: a link must not be able to send people elsewhere. */
export function nextPath(query: LocationQuery): string {
  const next = typeof query['next'] === 'string' ? query['next'] : '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}
