import { hash } from 'node:crypto';

const wordsPerDigest = 4;

/**
 * A set of texts, of which the first 128 bits of their SHA-256 are kept: 16 to 64 bytes each, whatever their length,
 * where a Set of strings takes well over 100. Two texts are taken for one with a probability below 1e-24 at 10 million.
 */
export class DigestSet {
  #words = new Uint32Array(1024 * wordsPerDigest);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(text: string): boolean {
    return !isFree(this.#words, find(this.#words, digestOf(text)));
  }

  /** Adds the text; tells whether it was new. */
  add(text: string): boolean {
    const digest = digestOf(text);
    const at = find(this.#words, digest);
    if (!isFree(this.#words, at)) return false;
    this.#words.set(digest, at);
    this.#size += 1;
    // Half full at most: look-ups stay short.
    if (this.#size * wordsPerDigest * 2 > this.#words.length) this.#grow();
    return true;
  }

  #grow(): void {
    const grown = new Uint32Array(this.#words.length * 2);
    for (let at = 0; at < this.#words.length; at += wordsPerDigest) {
      const digest = this.#words.subarray(at, at + wordsPerDigest);
      if (!isFree(digest, 0)) grown.set(digest, find(grown, digest));
    }
    this.#words = grown;
  }
}

const scratch = Buffer.alloc(32);
const scratchWords = new Uint32Array(scratch.buffer, scratch.byteOffset, wordsPerDigest);

/**
 * The digest of a text, in a place that the next one is written to. What is a SHA-256 in hexadecimal already, as most of what
 * is sent to others, is taken as it stands: it is no likelier to be met twice.
 */
function digestOf(text: string): Uint32Array {
  const isDigest = text.length === 64 && scratch.write(text, 'hex') === 32;
  if (!isDigest) scratch.write(hash('sha256', text, 'hex'), 'hex');
  // A place of all zeros is free, so this digest, which nobody will ever meet, is moved aside.
  if (isFree(scratchWords, 0)) scratchWords[0] = 1;
  return scratchWords;
}

/** Where the digest stands, or else the first free place from its own on. */
function find(table: Uint32Array, digest: Uint32Array): number {
  const places = table.length / wordsPerDigest;
  for (let slot = digest[0]! % places; ; slot = (slot + 1) % places) {
    const at = slot * wordsPerDigest;
    if (isFree(table, at) || isAt(table, at, digest)) return at;
  }
}

function isAt(table: Uint32Array, at: number, digest: Uint32Array): boolean {
  return (
    table[at] === digest[0] &&
    table[at + 1] === digest[1] &&
    table[at + 2] === digest[2] &&
    table[at + 3] === digest[3]
  );
}

function isFree(table: Uint32Array, at: number): boolean {
  return !table[at] && !table[at + 1] && !table[at + 2] && !table[at + 3];
}
