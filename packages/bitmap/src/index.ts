export { Bitmap, largestOrdinal } from './bitmap.js';
export { fromRoaring, readyToStore, toRoaring } from './roaring.js';
