import { stringify, parse } from 'uuid';
import { isId } from '../../platform/ids.js';

/** Which form of which workspace. */
export interface FormAddress {
  workspaceId: string;
  formId: string;
}

/**
 * The id under which everybody reaches a form. It names the workspace too: whoever posts has no key that would, and
 * without a workspace nothing can be looked up.
 */
export function writeAddress({ workspaceId, formId }: FormAddress): string {
  return Buffer.concat([parse(workspaceId), parse(formId)]).toString('base64url');
}

/** Reads such an id; undefined when it is none. */
export function readAddress(text: string): FormAddress | undefined {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== 32 || bytes.toString('base64url') !== text) return undefined;
  try {
    const [workspaceId, formId] = [stringify(bytes.subarray(0, 16)), stringify(bytes.subarray(16))];
    return isId(workspaceId) && isId(formId) ? { workspaceId, formId } : undefined;
  } catch {
    return undefined;
  }
}
