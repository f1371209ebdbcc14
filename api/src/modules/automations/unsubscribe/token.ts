import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { NIL, parse, stringify } from 'uuid';
import { isId } from '../../../platform/ids.js';

/** Whose mail a link ends. */
export interface Recipient {
  contactId: string;
  /** The message that the link is in, if it has an id. */
  messageId?: string;
}

/** Bytes of the key that a workspace's links are made with. */
export const unsubscribeKeyBytes = 32;

const cipher = 'aes-256-gcm';
const idBytes = 16;
const nonceBytes = 12;
/** Enough that nobody can guess one, and the link stays short enough to be a part of a path. */
const tagBytes = 12;
const tokenBytes = idBytes + nonceBytes + tagBytes + 2 * idBytes;

/**
 * What a link says: the workspace, and encrypted under the workspace's key who it is for. Nobody can make one or read it
 * without the key, and it holds for as long as there is the key.
 */
export function writeToken(key: Buffer, workspaceId: string, { contactId, messageId }: Recipient): string {
  const workspace = Buffer.from(parse(workspaceId));
  const nonce = randomBytes(nonceBytes);
  const box = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes }).setAAD(boundTo(workspace));
  const hidden = Buffer.concat([
    box.update(Buffer.concat([parse(contactId), parse(messageId ?? NIL)])),
    box.final(),
  ]);
  return Buffer.concat([workspace, nonce, box.getAuthTag(), hidden]).toString('base64url');
}

/** The workspace that a token names, before anything about it is certain; undefined when it has not the form of one. */
export function workspaceOfToken(token: string): string | undefined {
  const bytes = bytesOf(token);
  if (!bytes) return undefined;
  try {
    const id = stringify(bytes.subarray(0, idBytes));
    return isId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

/** Whom a token is for; undefined when it was not made with this key. */
export function readToken(key: Buffer, token: string): Recipient | undefined {
  const bytes = bytesOf(token);
  if (!bytes) return undefined;
  const [workspace, rest] = [bytes.subarray(0, idBytes), bytes.subarray(idBytes)];
  const tag = rest.subarray(nonceBytes, nonceBytes + tagBytes);
  try {
    const box = createDecipheriv(cipher, key, rest.subarray(0, nonceBytes), { authTagLength: tagBytes })
      .setAAD(boundTo(workspace))
      .setAuthTag(tag);
    const open = Buffer.concat([box.update(rest.subarray(nonceBytes + tagBytes)), box.final()]);
    const messageId = stringify(open.subarray(idBytes));
    return {
      contactId: stringify(open.subarray(0, idBytes)),
      ...(messageId === NIL ? {} : { messageId }),
    };
  } catch {
    return undefined;
  }
}

function bytesOf(token: string): Buffer | undefined {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.length === tokenBytes && bytes.toString('base64url') === token ? bytes : undefined;
}

function boundTo(workspace: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from('coterie unsubscribe 1 '), workspace]);
}
