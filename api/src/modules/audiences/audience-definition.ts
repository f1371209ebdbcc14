import { platforms, type PlatformId } from '@coterie/ad-formats';
import { Failure } from '../../platform/errors.js';
import { chooseIdentifiers, type AdIdentifier, type AudienceKind } from '../ad-files/index.js';

/** What decides which rows a file has and what they say. */
export interface AudienceDefinition {
  platform: PlatformId;
  kind: AudienceKind;
  segmentId: string;
  /** In the order of the platform's columns; enough of them to find somebody by. */
  identifiers: readonly AdIdentifier[];
}

/** A definition as somebody asks for it. */
export interface WantedAudience extends Omit<AudienceDefinition, 'identifiers'> {
  /** The platform's default unless given. */
  identifiers?: readonly AdIdentifier[] | null;
}

/**
 * Checks a wanted audience against its platform; the segment is not looked at.
 * Throws INVALID_INPUT for what the platform cannot use, with the path below `path`.
 */
export function checkDefinition(wanted: WantedAudience, path: string): AudienceDefinition {
  const { platform: id, kind, segmentId, identifiers } = wanted;
  const platform = platforms[id];
  if (!platform.kinds.includes(kind)) {
    const message = `${platform.label} takes no lists of ${kind}.`;
    throw new Failure('INVALID_INPUT', message, { path: `${path}.kind` });
  }
  const chosen = chooseIdentifiers(platform, kind, identifiers, `${path}.identifiers`);
  return { platform: id, kind, segmentId, identifiers: chosen };
}
