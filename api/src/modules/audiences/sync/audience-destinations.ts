import {
  createOpenDestination,
  DestinationFailure,
  type AudienceConnector,
  type Connection,
  type Opens,
} from '../../destinations/index.js';

/** A destination that is ready to be talked to. */
export interface OpenAudienceDestination {
  connector: AudienceConnector;
  connection: Connection;
}

/** The destinations of workspaces, as far as audiences go by them. */
export interface AudienceDestinations {
  /** Opens it for one run. Throws `DestinationFailure` when it cannot be. */
  open(workspaceId: string, id: string, signal: AbortSignal): Promise<OpenAudienceDestination>;
}

/** The destinations that are set up. */
export function createAudienceDestinations(services: Opens): AudienceDestinations {
  const openForRun = createOpenDestination(services);
  return {
    async open(workspaceId, id, signal) {
      const { destination, type, connection } = await openForRun(workspaceId, id, signal).catch(outOfUse);
      if (!type.audiences)
        throw new DestinationFailure('refused', `${destination.name} keeps no audiences: ${type.label}.`);
      return { connector: type.audiences, connection };
    },
  };
}

/** That the destination is out of use says nothing of the audience there, which may still have everybody. */
function outOfUse(error: unknown): never {
  if (error instanceof DestinationFailure && error.trouble === 'gone')
    throw new DestinationFailure('refused', error.message, { cause: error });
  throw error;
}
