import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import type { AudienceConnector, Connection, Destination } from '../../destinations/destination.js';

/** A destination that is ready to be talked to. */
export interface OpenDestination {
  connector: AudienceConnector;
  connection: Connection;
}

/** The destinations of workspaces, as far as audiences go by them. */
export interface AudienceDestinations {
  /** A destination of the workspace; undefined when there is none. */
  find(tx: WorkspaceTransaction, id: string): Promise<Destination | undefined>;
  /** Opens it for one run. Throws `DestinationFailure` when it cannot be. */
  open(workspaceId: string, id: string, signal: AbortSignal): Promise<OpenDestination>;
}
