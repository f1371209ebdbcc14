import { textColumns, type HeldValue, type ValueColumns } from '../../attributes/index.js';
import { identityPriority } from '../../consent/index.js';
import { isMirrored } from '../people.js';
import type { Person } from '../person.js';
import { membershipKey } from './membership.repository.js';
import type { StoredValue, UndoData } from './take-over.js';

/** What another contact held when it became part of the winner, after the one that is taken out again. */
export interface LaterMerge {
  loserOrdinal: number;
  undo: UndoData;
}

/**
 * Takes from the winner what it has from the contacts of a lineage. In its place comes what it would have taken without
 * them: what the first of the later losers held.
 */
export function takeBack(winner: Person, lineage: ReadonlySet<number>, later: readonly LaterMerge[]): void {
  const isTaken = ({ mergedFrom }: { mergedFrom: number | null }): boolean =>
    mergedFrom !== null && lineage.has(mergedFrom);
  const left = winner.identities.filter((identity) => !isTaken(identity));
  winner.identities.splice(0, winner.identities.length, ...left);
  for (const [key, value] of winner.held) {
    if (!isTaken(value)) continue;
    replace(winner.held, key, mirrored.has(key) ? mirrorOf(winner, key) : nextValue(key, later));
  }
  for (const [key, membership] of winner.memberships) {
    if (isTaken(membership)) replace(winner.memberships, key, nextMembership(key, later));
  }
  if (winner.companyFrom !== null && lineage.has(winner.companyFrom)) {
    const next = later.find((merge) => merge.undo.companyId !== null);
    winner.companyId = next?.undo.companyId ?? null;
    winner.companyFrom = next ? (next.undo.companyFrom ?? next.loserOrdinal) : null;
  }
}

const mirrored = new Set<string>(identityPriority.filter(isMirrored));

function replace<Value>(held: Map<string, Value>, key: string, value: Value | undefined): void {
  if (value === undefined) held.delete(key);
  else held.set(key, value);
}

/** The primary e-mail, phone or external id is then the one that came last of those left, the winner's own before others. */
function mirrorOf({ identities }: Person, key: string): HeldValue | undefined {
  const [first] = identities
    .filter(({ kind }) => kind === key)
    .toSorted(
      (one, other) =>
        Number(one.mergedFrom !== null) - Number(other.mergedFrom !== null) ||
        other.createdAt.getTime() - one.createdAt.getTime() ||
        (one.value < other.value ? -1 : 1),
    );
  if (!first) return undefined;
  const { value, createdAt, mergedFrom } = first;
  return { value: [textColumns(value) as ValueColumns], since: createdAt, mergedFrom };
}

function nextValue(key: string, later: readonly LaterMerge[]): HeldValue | undefined {
  for (const { loserOrdinal, undo } of later) {
    const stored = undo.attributes.find((attribute) => attribute.key === key);
    if (stored) return valueOf({ ...stored, mergedFrom: stored.mergedFrom ?? loserOrdinal });
  }
  return undefined;
}

/** A value as it is held, of one that is stored as JSON. */
export function valueOf({ value, since, mergedFrom }: StoredValue): HeldValue {
  return { value, since: new Date(since), mergedFrom };
}

function nextMembership(
  key: string,
  later: readonly LaterMerge[],
): UndoData['memberships'][number] | undefined {
  for (const { loserOrdinal, undo } of later) {
    const stored = undo.memberships.find((membership) => membershipKey(membership) === key);
    if (stored) return { ...stored, mergedFrom: stored.mergedFrom ?? loserOrdinal };
  }
  return undefined;
}
