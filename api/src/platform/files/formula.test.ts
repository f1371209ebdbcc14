import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guardCell, unguardCell } from './formula.js';

describe('guardCell', () => {
  it.each(['=1+1', '+cmd|calc', '-2+3', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', "'=1"])(
    'puts an apostrophe before %j',
    (cell) => expect(guardCell(cell)).toBe(`'${cell}`),
  );

  it.each(['', 'Ada', '-12.5', '+4915112345678', '1e-7', '-1e3', "d'Arcy", "'quoted'", 'a=b'])(
    'leaves %j as it is',
    (cell) => expect(guardCell(cell)).toBe(cell),
  );

  it('is undone by unguardCell, whatever the cell', () => {
    const cells = fc.oneof(fc.string(), fc.stringMatching(/^['=+\-@1a]{0,4}$/));
    fc.assert(fc.property(cells, (cell) => unguardCell(guardCell(cell)) === cell));
  });
});
