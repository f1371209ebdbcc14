import { setImmediate as nextTurn } from 'node:timers/promises';
import { Bitmap } from '@coterie/bitmap';
import type { SampleCondition } from '@coterie/rules';
import { sampleLeaf } from '../leaves/sample.sql.js';
import { idsAtOnce, type ListRow } from '../read-postings.js';
import { placesIn } from '../sample-share.js';
import { select, type SetPlan } from './selection.js';

/** A stable random share: nothing is indexed for it, so everybody is looked at. */
export function sampleSet(condition: SampleCondition): SetPlan {
  return select({
    of: ['sample', condition],
    isHeavy: true,
    find: (scope) =>
      `select c.ordinal from contacts c where ${scope.among('c.ordinal')} and ${sampleLeaf(condition, scope)}`,
    fromLists: {
      bases: ['*'],
      needsValues: false,
      find: () => `select p.list from postings p where p.facet = '*' and p.place > 0 order by p.place`,
      conclude: (rows) => inSample(rows, condition),
    },
  });
}

/** Ids that are looked at until others have their turn: few enough that nobody notices. */
const idsInTurn = 20_000;

async function inSample(rows: readonly ListRow[], { percent, salt }: SampleCondition): Promise<Bitmap> {
  const found = new Uint32Array(rows.length * idsAtOnce);
  let size = 0;
  for (const [chunk, { list }] of rows.entries()) {
    const ids = list as Buffer;
    const placeOf = placesIn(salt, ids);
    const count = ids.length / 16;
    for (let index = 0; index < count; index += 1) {
      if (index % idsInTurn === 0) await nextTurn();
      // Zeros are nobody's.
      if (ids[16 * index + 6] === 0 && isNobody(ids, 16 * index)) continue;
      // The same steps in the same order as in SQL, so that rounding falls alike.
      if ((placeOf(16 * index) / 4294967296) * 100 < percent) found[size++] = chunk * idsAtOnce + index;
    }
  }
  return Bitmap.of(found.subarray(0, size));
}

function isNobody(ids: Buffer, offset: number): boolean {
  for (let index = offset; index < offset + 16; index += 1) if (ids[index] !== 0) return false;
  return true;
}
