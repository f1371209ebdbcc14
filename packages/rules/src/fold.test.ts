import { expect, it } from 'vitest';
import { fold } from './fold.js';

it.each([
  ['OPS', 'ops'],
  ['CAFE\u0301', 'caf\u00e9'],
  ['Straße', 'straße'],
  ['STRAẞE', 'straße'],
  ['ΟΔΟΣ', 'οδος'],
  ['İ', 'i\u0307'],
  ['', ''],
])('folds %j to %j', (text, folded) => expect(fold(text)).toBe(folded));
