import { parse, stringify } from 'uuid';
import { isId } from './ids.js';

/** Which thing of which workspace. */
export interface PublicId {
  workspaceId: string;
  id: string;
}

/**
 * The id under which others reach something of a workspace without a key, such as a form. It names the workspace too:
 * whoever calls has no key that would, and without a workspace nothing can be looked up.
 */
export function writePublicId({ workspaceId, id }: PublicId): string {
  return Buffer.concat([parse(workspaceId), parse(id)]).toString('base64url');
}

/** Reads such an id; undefined when it is none. */
export function readPublicId(text: string): PublicId | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) return undefined;
  try {
    const [workspaceId, id] = [stringify(bytes.subarray(0, 16)), stringify(bytes.subarray(16))];
    return isId(workspaceId) && isId(id) ? { workspaceId, id } : undefined;
  } catch {
    return undefined;
  }
}
