import { hash, verify } from '@node-rs/argon2';
import { Failure } from '../../platform/errors.js';

/** OWASP's parameters for argon2id (2 in the library's numbers): 19 MiB, two passes, one lane. */
const parameters = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const shortest = 12;
const longest = 200;

/** Hashes a new password. Throws INVALID_INPUT when it is too short or too long. */
export async function hashPassword(password: string, path: string): Promise<string> {
  const characters = [...password].length;
  if (characters < shortest || characters > longest) {
    throw new Failure('INVALID_INPUT', `A password has ${shortest} to ${longest} characters.`, { path });
  }
  return hash(password, parameters);
}

let decoy: Promise<string> | undefined;

/**
 * Whether the password fits the hash. Without a hash, as for an e-mail address that nobody has, it takes as long and
 * says no, so that the time tells nothing.
 */
export async function checkPassword(password: string, stored: string | undefined): Promise<boolean> {
  decoy ??= hash('nobody has this password', parameters);
  const fits = await verify(stored ?? (await decoy), password.slice(0, longest * 4));
  return fits && stored !== undefined;
}
