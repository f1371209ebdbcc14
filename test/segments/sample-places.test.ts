import { createHash, randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { placesIn } from '../../api/src/modules/segments/engine/sample-share.js';

// A block of MD5 has 64 bytes, of which its end takes nine: salts around every length at which there is one more.
it.each([0, 1, 17, 18, 19, 26, 27, 28, 62, 63, 64, 81, 82, 83, 127, 200])(
  'a place in a sample is the first 32 bits of MD5, with a salt of %i characters',
  (length) => {
    const salt = 'x'.repeat(length);
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const placeOf = placesIn(salt, Buffer.from(ids.join('').replaceAll('-', ''), 'hex'));
    for (const [index, id] of ids.entries()) {
      const place = createHash('md5').update(`${salt}:${id}`).digest().readUInt32BE();
      expect(placeOf(16 * index)).toBe(place);
    }
  },
);

it('a salt is taken by its bytes', () => {
  const id = randomUUID();
  const placeOf = placesIn('Straße 😀', Buffer.from(id.replaceAll('-', ''), 'hex'));
  const place = createHash('md5').update(`Straße 😀:${id}`).digest().readUInt32BE();
  expect(placeOf(0)).toBe(place);
});
