import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

const saltBytes = 16;
const nonceBytes = 12;
const tagBytes = 16;

/** What is stored of an idempotency key. */
export function hashKey(key: string): Buffer {
  return createHash('sha256').update('idempotency key\0').update(key).digest();
}

function cipherKey(key: string, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, 'coterie stored answer', 32));
}

/**
 * Encrypts an answer under the idempotency key of its request. Only a hash of that key is stored, so what an answer shows
 * once, such as a new API key, is not readable in the database afterwards.
 */
export async function sealAnswer(key: string, answer: string): Promise<Buffer> {
  const [salt, nonce] = [randomBytes(saltBytes), randomBytes(nonceBytes)];
  const cipher = createCipheriv('aes-256-gcm', cipherKey(key, salt), nonce);
  const sealed = Buffer.concat([cipher.update(await pack(answer)), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), sealed]);
}

/** Reads an answer that was sealed under the key. */
export async function openAnswer(key: string, stored: Buffer): Promise<string> {
  const salt = stored.subarray(0, saltBytes);
  const nonce = stored.subarray(saltBytes, saltBytes + nonceBytes);
  const tag = stored.subarray(saltBytes + nonceBytes, saltBytes + nonceBytes + tagBytes);
  const decipher = createDecipheriv('aes-256-gcm', cipherKey(key, salt), nonce).setAuthTag(tag);
  const sealed = stored.subarray(saltBytes + nonceBytes + tagBytes);
  return (await unpack(Buffer.concat([decipher.update(sealed), decipher.final()]))).toString('utf8');
}
