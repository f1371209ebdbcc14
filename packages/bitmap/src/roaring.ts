import { RoaringBitmap32, roaringLibraryInitialize } from 'roaring-wasm';
import { Bitmap } from './bitmap.js';

/** Loads the WebAssembly; awaited once before bitmaps are stored or read. */
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

/** Reads the portable format. Throws for bytes that are not that. */
export function fromRoaring(bytes: Uint8Array): Bitmap {
  const roaring = new RoaringBitmap32();
  try {
    roaring.deserialize('portable', bytes);
    return Bitmap.of(roaring.toUint32Array());
  } finally {
    roaring.dispose();
  }
}
