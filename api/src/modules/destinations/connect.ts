import { join } from 'node:path';
import type { WithWorkspace } from '../../platform/database/with-workspace.js';
import { Failure } from '../../platform/errors.js';
import type { SecretBox } from '../../platform/secret-box.js';
import {
  DestinationFailure,
  type Connection,
  type Destination,
  type DestinationKind,
  type DestinationType,
  type Outside,
} from './destination.js';
import { findDestination, placeOfCredentials, type StoredDestination } from './destination.repository.js';

/** A destination that is ready to be talked to. */
export interface OpenDestination {
  destination: Destination;
  type: DestinationType;
  connection: Connection;
}

/** What opening a destination takes. */
export interface Opening {
  withWorkspace: WithWorkspace;
  secrets: SecretBox;
  types: Readonly<Record<DestinationKind, DestinationType>>;
  outside: Outside;
  /** Where files are put on this machine: below it, each workspace has its own folder. */
  exportDir: string | undefined;
}

/**
 * Opens a destination for one run, after which its credentials are forgotten.
 * Throws {@link DestinationFailure}: `gone` when it was deleted or is out of use, `credentials` when they cannot be read.
 */
export async function openDestination(
  opening: Opening,
  workspaceId: string,
  id: string,
  signal: AbortSignal,
): Promise<OpenDestination> {
  const stored = await opening.withWorkspace(workspaceId, (tx) => findDestination(tx, id));
  if (!stored) throw new DestinationFailure('gone', 'The destination was deleted.');
  if (stored.disabledAt)
    throw new DestinationFailure(
      'gone',
      `${stored.name} is out of use${stored.disabledBecause ? `: ${stored.disabledBecause}` : '.'}`,
    );
  return {
    destination: stored,
    type: opening.types[stored.kind],
    connection: connectionTo(opening, workspaceId, stored, signal),
  };
}

/** What a connector works with. Throws {@link DestinationFailure} when the credentials cannot be read. */
export function connectionTo(
  { secrets, outside, exportDir }: Pick<Opening, 'secrets' | 'outside' | 'exportDir'>,
  workspaceId: string,
  stored: StoredDestination,
  signal: AbortSignal,
): Connection {
  return {
    settings: stored.settings,
    credentials: unseal(secrets, workspaceId, stored),
    outside,
    folder: exportDir === undefined ? undefined : join(exportDir, workspaceId),
    signal,
  };
}

/** The credentials of a stored destination. Throws {@link DestinationFailure} when their key is not among ours. */
export function unseal(
  secrets: SecretBox,
  workspaceId: string,
  { id, name, credentials }: StoredDestination,
): Record<string, string> {
  try {
    const text = secrets.open(credentials, placeOfCredentials(workspaceId, id));
    return JSON.parse(text) as Record<string, string>;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new DestinationFailure(
      'credentials',
      `The credentials of ${name} cannot be read: ${error.message}`,
      {
        cause: error,
      },
    );
  }
}
