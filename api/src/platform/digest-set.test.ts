import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DigestSet } from './digest-set.js';

describe('a set of digests', () => {
  it('tells new texts from known ones as a set of the texts would', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 200 }), (texts) => {
        const digests = new DigestSet();
        const known = new Set<string>();
        for (const text of texts) {
          expect(digests.has(text)).toBe(known.has(text));
          expect(digests.add(text)).toBe(!known.has(text));
          known.add(text);
          expect(digests.size).toBe(known.size);
        }
      }),
    );
  });

  it('knows every text still when it has grown many times', () => {
    const digests = new DigestSet();
    const texts = Array.from({ length: 20_000 }, (_, index) => `person.${index}@example.com`);
    expect(texts.filter((text) => !digests.add(text))).toEqual([]);
    expect(texts.filter((text) => digests.add(text))).toEqual([]);
    expect(digests.size).toBe(texts.length);
  });

  it('takes the empty text for a text like others', () => {
    const digests = new DigestSet();
    expect([digests.add(''), digests.add(''), digests.size]).toEqual([true, false, 1]);
  });
});
