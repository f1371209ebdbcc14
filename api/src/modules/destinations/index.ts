import type { CreateModule, Services } from '../../platform/module.js';
import { openDestination, type OpenDestination } from './connect.js';
import { DestinationMutationsResolver, WorkspaceDestinationsResolver } from './destination.resolver.js';
import type { FindUsers } from './edit-destinations.js';
import { destinationTypes } from './kinds.js';

export type { OpenDestination } from './connect.js';
export {
  DestinationFailure,
  type AudienceBatch,
  type AudienceConnector,
  type AudienceWanted,
  type BatchOutcome,
  type Connection,
  type Destination,
  type DestinationKind,
  type MemberKind,
  type MemberValues,
} from './destination.js';
export {
  destinationsByIds,
  disableDestination,
  findDestination,
  requireDestination,
} from './destination.repository.js';
export { DestinationKindEnum, DestinationObject } from './destination.types.js';
export type { FindUsers } from './edit-destinations.js';
export { destinationTypes } from './kinds.js';

/** Opens a destination of a workspace for one run. Throws `DestinationFailure` when it cannot be. */
export type OpenForRun = (workspaceId: string, id: string, signal: AbortSignal) => Promise<OpenDestination>;

/** How destinations are opened in this process. */
export function createOpenDestination({
  withWorkspace,
  secrets,
}: Pick<Services, 'withWorkspace' | 'secrets'>): OpenForRun {
  const opening = { withWorkspace, secrets, types: destinationTypes };
  return (workspaceId, id, signal) => openDestination(opening, workspaceId, id, signal);
}

/**
 * Where audiences, mail and calls go: accounts at ad platforms, with credentials that are kept sealed.
 * @param findUsers what modules above this one know of who uses a destination.
 */
export const createDestinationsModule =
  (findUsers: FindUsers): CreateModule =>
  (services) => ({
    resolvers: [
      new WorkspaceDestinationsResolver(services),
      new DestinationMutationsResolver(services, findUsers),
    ],
  });
