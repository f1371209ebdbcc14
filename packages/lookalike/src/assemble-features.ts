import type { Features, Group, LeftOut, ScaledNumber } from './features.js';
import type { Part, PartOptions } from './parts.js';
import type { Trait } from './traits.js';

/** Puts parts together: features and traits are numbered through, and what was by column is by row. */
export function assemble(parts: Part[], leftOut: LeftOut[], { rows }: PartOptions): Features {
  const kept = parts.filter((part) => tells(part, rows));
  const columns = [...new Set(kept.map(({ column }) => column))];
  for (const { column, features } of parts)
    if (!columns.includes(column) && !leftOut.some((each) => each.column === column))
      leftOut.push({ column, reason: features.length === 0 ? 'tooRare' : 'sameForAll' });
  const groups: Group[] = [];
  const traits: Trait[] = [];
  const traitOf: number[] = [];
  const numbers: ScaledNumber[] = [];
  for (const part of kept) {
    const column = columns.indexOf(part.column);
    const first = traitOf.length;
    for (const trait of part.traitOf) traitOf.push(traits.length + trait);
    traits.push(...part.traits);
    if (part.scaled) numbers.push({ column, group: groups.length, values: part.scaled });
    groups.push({ form: part.form, column, first, end: traitOf.length, missing: part.missing });
  }
  const size = traitOf.length;
  return {
    rows,
    ...byRow(kept, groups, rows),
    size,
    traitOf: Uint32Array.from(traitOf),
    traits,
    groups,
    columns,
    numbers,
    leftOut,
  };
}

/** Whether a part tells anybody from anybody else. */
function tells({ features, missing, traitOf }: Part, rows: number): boolean {
  if (features.length === 0) return false;
  if (missing || features.length < rows || traitOf.length === 1)
    return traitOf.length > 1 || features.length < rows;
  return features.some((feature) => feature !== features[0]);
}

function byRow(parts: Part[], groups: Group[], rows: number): Pick<Features, 'starts' | 'items'> {
  const starts = new Uint32Array(rows + 1);
  for (const part of parts) {
    if (part.missing) for (let row = 0; row < rows; row += 1) starts[row + 1]! += 1;
    else for (const row of part.rows) starts[row + 1]! += 1;
  }
  for (let row = 0; row < rows; row += 1) starts[row + 1]! += starts[row]!;
  const items = new Uint32Array(starts[rows]!);
  const next = starts.slice(0, rows);
  for (const [index, part] of parts.entries()) {
    const { first } = groups[index]!;
    if (part.missing) {
      for (let row = 0, cell = 0; row < rows; row += 1) {
        const has = part.rows[cell] === row;
        items[next[row]!] = has ? first + part.features[cell]! : first;
        next[row]! += 1;
        if (has) cell += 1;
      }
    } else
      for (let cell = 0; cell < part.rows.length; cell += 1) {
        const row = part.rows[cell]!;
        items[next[row]!] = first + part.features[cell]!;
        next[row]! += 1;
      }
  }
  return { starts, items };
}
