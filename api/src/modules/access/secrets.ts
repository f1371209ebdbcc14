import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A token that nobody can guess: 256 random bits, as text that fits into a URL, a header and a cookie. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. It is random enough that a plain hash cannot be searched back. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** The parts of a new API key. */
export interface NewKey {
  /** The whole key, shown once: `ck_<prefix>_<secret>`. */
  key: string;
  /** What the key is found by; not secret. */
  prefix: string;
}

/** Makes an API key. Hexadecimal, so that a double click selects it whole and no part holds the separator. */
export function newKey(): NewKey {
  const prefix = randomBytes(6).toString('hex');
  return { prefix, key: `ck_${prefix}_${randomBytes(24).toString('hex')}` };
}

/** The prefix of something that looks like an API key; undefined for anything else. */
export function prefixOfKey(key: string): string | undefined {
  return /^ck_([0-9a-f]{12})_[0-9a-f]{48}$/.exec(key)?.[1];
}

/** Compares a presented token with a stored hash, in a time that tells nothing of where they differ. */
export function matches(token: string, hash: Buffer): boolean {
  const presented = hashToken(token);
  return presented.length === hash.length && timingSafeEqual(presented, hash);
}
