import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart, Failure } from './errors.js';

/**
 * Keeps secrets that we must be able to read again, such as other services' keys, so that whoever gets hold of the
 * database alone has none of them.
 */
export interface SecretBox {
  /**
   * Encrypts a secret with the first key.
   * @param place what it belongs to, such as `email_source:<workspace>:<id>`: it can be opened for nothing else.
   * Throws INVALID_INPUT where there is no key: nothing that holds a secret can then be set up.
   */
  seal(secret: string, place: string): Buffer;
  /** The secret again. Throws UNAVAILABLE when its key is not among ours, INTERNAL when it was tampered with. */
  open(sealed: Buffer, place: string): string;
}

/** Bytes of a key: AES-256. */
export const secretKeyBytes = 32;

const cipher = 'aes-256-gcm';
/** A sealed secret: this version, the id of its key, a nonce, the tag of authenticity, the ciphertext. */
const version = 1;
const idBytes = 8;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Builds a {@link SecretBox}.
 * @param keys the first one seals, all of them open: a new key is put in front, and the old one stays for as long as
 *   anything is sealed with it.
 */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const known = new Map(keys.map((key) => [idOf(key).toString('hex'), key]));
  return {
    seal(secret, place) {
      const [key] = keys;
      if (!key)
        throw new Failure('INVALID_INPUT', 'This Coterie has no key to keep secrets: set SECRETS_KEY.');
      const head = Buffer.concat([Buffer.of(version), idOf(key)]);
      const nonce = randomBytes(nonceBytes);
      const box = createCipheriv(cipher, key, nonce).setAAD(boundTo(head, place));
      const hidden = Buffer.concat([box.update(secret, 'utf8'), box.final()]);
      return Buffer.concat([head, nonce, box.getAuthTag(), hidden]);
    },
    open(sealed, place) {
      const head = sealed.subarray(0, 1 + idBytes);
      const key = known.get(head.subarray(1).toString('hex'));
      if (head[0] !== version || !key)
        throw new Failure('UNAVAILABLE', 'SECRETS_KEY lacks the key that this secret was kept with.');
      const nonce = sealed.subarray(head.length, head.length + nonceBytes);
      const tag = sealed.subarray(head.length + nonceBytes, head.length + nonceBytes + tagBytes);
      const box = createDecipheriv(cipher, key, nonce, { authTagLength: tagBytes })
        .setAAD(boundTo(head, place))
        .setAuthTag(tag);
      const hidden = sealed.subarray(head.length + nonceBytes + tagBytes);
      return Buffer.concat([box.update(hidden), box.final()]).toString('utf8');
    },
  };
}

/** Says which key it was without saying anything of it. */
function idOf(key: Buffer): Buffer {
  return createHash('sha256').update('coterie secret key').update(key).digest().subarray(0, idBytes);
}

function boundTo(head: Buffer, place: string): Buffer {
  return Buffer.concat([head, Buffer.from(place)]);
}

/**
 * The key that is kept beside an embedded database: made at the first start, for the owner of the folder only.
 * Throws CannotStart when the file holds something else.
 * @param directory exists.
 */
export function keptSecretKey(directory: string): Buffer {
  const file = join(directory, 'secrets.key');
  try {
    writeFileSync(file, randomBytes(secretKeyBytes).toString('base64'), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  chmodSync(file, 0o600);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== secretKeyBytes)
    throw new CannotStart(
      `${file} holds no key of ${secretKeyBytes} bytes in base64: put it back as it was.`,
    );
  return key;
}
