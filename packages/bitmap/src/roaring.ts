import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { Bitmap } from './bitmap.js';

/** Loads the WebAssembly; awaited once before bitmaps are stored. */
export const readyToStore = (): Promise<void> => roaringLibraryInitialize();

/**
 * The set in Roaring's portable format, for where it is stored: small, and read by Roaring's libraries in any language.
 * See https://github.com/RoaringBitmap/RoaringFormatSpec.
 */
export function toRoaring(bitmap: Bitmap): Uint8Array {
  const roaring = new RoaringBitmap32(bitmap.ordinals());
  try {
    roaring.optimize();
    return roaring.serialize('portable');
  } finally {
    roaring.dispose();
  }
}

/*
 * Read by ourselves, straight into bits: by way of the library, each ordinal would be copied three times, which for a
 * million takes ten times as long.
 */

const cookies = { withoutRuns: 12_346, withRuns: 12_347 };

/** Values of a container from which on it is bits, and containers from which on their places are given. */
const [leastBits, leastPlaced] = [4_097, 4];

/** Reads the portable format; of several, what is in any. Throws for bytes that are not that. */
export function fromRoaring(...stored: readonly Uint8Array[]): Bitmap {
  const all = stored.map(containersOf);
  const highest = Math.max(-1, ...all.map((containers) => containers.at(-1)?.key ?? -1));
  if (highest >= 2 ** 15) throw new RangeError('The set has what is no ordinal.');
  const words = new Uint32Array((highest + 1) * 2048);
  for (const [index, containers] of all.entries()) {
    const bytes = stored[index]!;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const container of containers) putInto(words, view, container);
  }
  return Bitmap.ofWords(words);
}

interface Container {
  /** The upper half of its values. */
  key: number;
  kind: 'values' | 'bits' | 'runs';
  /** Values, or runs. */
  size: number;
  /** Where it begins. */
  place: number;
}

function containersOf(bytes: Uint8Array): Container[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cookie = view.getUint32(0, true);
  const hasRuns = (cookie & 0xffff) === cookies.withRuns;
  if (!hasRuns && cookie !== cookies.withoutRuns) throw new RangeError('The bytes are no set.');
  const count = hasRuns ? (cookie >>> 16) + 1 : view.getUint32(4, true);
  const flags = hasRuns ? 4 : 8;
  const heads = hasRuns ? flags + ((count + 7) >>> 3) : flags;
  let place = heads + 4 * count + (hasRuns && count < leastPlaced ? 0 : 4 * count);
  if (count > 2 ** 16 || place > bytes.length) throw new RangeError('The bytes are no set.');
  const containers: Container[] = [];
  for (let index = 0; index < count; index += 1) {
    const key = view.getUint16(heads + 4 * index, true);
    const values = view.getUint16(heads + 4 * index + 2, true) + 1;
    const isRuns = hasRuns && ((bytes[flags + (index >>> 3)]! >>> (index & 7)) & 1) === 1;
    if (isRuns) {
      const size = view.getUint16(place, true);
      containers.push({ key, kind: 'runs', size, place: place + 2 });
      place += 2 + 4 * size;
    } else if (values >= leastBits) {
      containers.push({ key, kind: 'bits', size: values, place });
      place += 8192;
    } else {
      containers.push({ key, kind: 'values', size: values, place });
      place += 2 * values;
    }
  }
  if (place > bytes.length) throw new RangeError('The bytes of the set are cut off.');
  return containers;
}

function putInto(words: Uint32Array, view: DataView, { key, kind, size, place }: Container): void {
  const base = key * 2048;
  if (kind === 'bits') {
    for (let index = 0; index < 2048; index += 1)
      words[base + index]! |= view.getUint32(place + 4 * index, true);
  } else if (kind === 'values') {
    for (let index = 0; index < size; index += 1) {
      const value = view.getUint16(place + 2 * index, true);
      words[base + (value >>> 5)]! |= 1 << (value & 31);
    }
  } else {
    for (let index = 0; index < size; index += 1) {
      const first = view.getUint16(place + 4 * index, true);
      const last = Math.min(first + view.getUint16(place + 4 * index + 2, true), 0xffff);
      putRun(words, key * 65_536 + first, key * 65_536 + last);
    }
  }
}

function putRun(words: Uint32Array, first: number, last: number): void {
  const [from, to] = [first >>> 5, last >>> 5];
  const [head, tail] = [-1 << (first & 31), -1 >>> (31 - (last & 31))];
  if (from === to) {
    words[from]! |= head & tail;
    return;
  }
  words[from]! |= head;
  words.fill(0xffffffff, from + 1, to);
  words[to]! |= tail;
}
