import type { RequestContext } from '../context.js';

/**
 * Gives each request its own loaders for each workspace it reads, so that what one request loads is never shown to
 * another and is read once.
 * @param create makes the loaders of one workspace; the signal is the request's.
 */
export function perRequest<Loaders>(
  create: (workspaceId: string, signal: AbortSignal) => Loaders,
): (context: RequestContext, workspaceId: string) => Loaders {
  // By the signal, because guarded fields get a context of their own made from the request's.
  const byRequest = new WeakMap<AbortSignal, Map<string, Loaders>>();
  return ({ signal }, workspaceId) => {
    const byWorkspace = byRequest.get(signal) ?? new Map<string, Loaders>();
    byRequest.set(signal, byWorkspace);
    const loaders = byWorkspace.get(workspaceId) ?? create(workspaceId, signal);
    byWorkspace.set(workspaceId, loaders);
    return loaders;
  };
}
