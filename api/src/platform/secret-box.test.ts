import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CannotStart } from './errors.js';
import { createSecretBox, keptSecretKey } from './secret-box.js';

const [old, young] = [randomBytes(32), randomBytes(32)];
const secret = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0 ü';

/** What OpenSSL says of what it cannot authenticate, and what we say of a key that is not ours. */
const refusal = /authenticat|nonce|initialization vector|SECRETS_KEY/i;

describe('a secret box', () => {
  it('gives a secret back, and shows nothing of it meanwhile', () => {
    const box = createSecretBox([old]);
    const sealed = box.seal(secret, 'a');
    expect(sealed.includes('key-')).toBe(false);
    expect(box.open(sealed, 'a')).toBe(secret);
    expect(box.seal(secret, 'a')).not.toEqual(sealed);
  });

  it('seals with the first key and opens with all of them', () => {
    const sealed = createSecretBox([old]).seal(secret, 'a');
    const rotated = createSecretBox([young, old]);
    expect(rotated.open(sealed, 'a')).toBe(secret);
    const anew = rotated.seal(secret, 'a');
    expect(createSecretBox([young]).open(anew, 'a')).toBe(secret);
    expect(() => createSecretBox([young]).open(sealed, 'a')).toThrow(
      expect.objectContaining({ code: 'UNAVAILABLE' }),
    );
  });

  it('opens nothing for another place, and nothing in which a bit was turned', () => {
    const box = createSecretBox([old]);
    const sealed = box.seal(secret, 'a');
    expect(() => box.open(sealed, 'b')).toThrow(refusal);
    for (let index = 0; index < sealed.length; index += 1) {
      const turned = Buffer.from(sealed);
      turned[index]! ^= 1;
      expect(() => box.open(turned, 'a'), `byte ${index}`).toThrow(refusal);
    }
    for (const length of [0, 1, 9, 21, 36])
      expect(() => box.open(sealed.subarray(0, length), 'a')).toThrow(refusal);
  });

  it('without a key says what is missing', () => {
    expect(() => createSecretBox([]).seal(secret, 'a')).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', message: expect.stringContaining('SECRETS_KEY') }),
    );
  });
});

describe('the key that is kept', () => {
  it('is made once, for its owner only, and never taken for another when it is broken', () => {
    const folder = mkdtempSync(join(tmpdir(), 'coterie-key-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const key = keptSecretKey(folder);
    const file = join(folder, 'secrets.key');
    expect(key).toHaveLength(32);
    expect(keptSecretKey(folder)).toEqual(key);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 20));
    expect(() => keptSecretKey(folder)).toThrow(CannotStart);
  });
});
