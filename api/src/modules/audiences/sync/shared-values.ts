import { platforms } from '@coterie/ad-formats';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { DigestSet } from '../../../platform/digest-set.js';
import { refusedKeys, sharedFields, type ToldValues } from '../../ad-files/index.js';
import type { CustomAudience } from '../audience.repository.js';
import { letMembersGo, readStaying, type Leavers } from './member.repository.js';

/** An audience as far as it says what it tells of people. */
export type Telling = Pick<CustomAudience, 'id' | 'platform' | 'kind' | 'identifiers'>;

/** The fields by which the platform finds several people of an audience. */
export function sharedFieldsOf({ platform, kind, identifiers }: Telling): readonly string[] {
  return kind === 'contacts' ? sharedFields(platforms[platform], identifiers) : [];
}

/**
 * What is to be said of people who are removed: what was said of them when they were added, but for what somebody who stays
 * is found by as well. Undefined where nothing is left: the platform goes on knowing that by the other.
 */
export async function removalsOf(
  tx: WorkspaceTransaction,
  audience: Telling,
  leaving: readonly ToldValues[],
): Promise<(ToldValues | undefined)[]> {
  const fields = sharedFieldsOf(audience);
  const asked = new Set(leaving.flatMap((values) => valuesIn(values, fields)));
  if (asked.size === 0) return [...leaving];
  const kept = new Set<string>();
  for await (const batch of readStaying(tx, audience.id))
    for (const { values } of batch)
      for (const value of valuesIn(values, fields)) if (asked.has(value)) kept.add(value);
  if (kept.size === 0) return [...leaving];
  return leaving.map((values) => without(values, fields, kept));
}

function without(
  values: ToldValues,
  fields: readonly string[],
  kept: ReadonlySet<string>,
): ToldValues | undefined {
  if (!valuesIn(values, fields).some((value) => kept.has(value))) return values;
  const entries = Object.entries(values).flatMap(([field, list]): [string, readonly string[]][] => {
    const rest = fields.includes(field) ? list.filter((value) => !kept.has(value)) : list;
    return rest.length > 0 ? [[field, rest]] : [];
  });
  const findable = entries.some(([field]) => ['email', 'phone', 'mobileAdId', 'externalId'].includes(field));
  return findable ? Object.fromEntries(entries) : undefined;
}

/** What nobody of the audience may be found by at the moment. */
export function refusedBy(tx: WorkspaceTransaction, audience: Telling): Promise<DigestSet> {
  return sharedFieldsOf(audience).length > 0
    ? refusedKeys(tx, platforms[audience.platform], audience.identifiers)
    : Promise.resolve(new DigestSet());
}

/** Lets those go who are found by something that somebody refused. */
export async function letRefusedGo(
  tx: WorkspaceTransaction,
  audience: Telling,
  refused: DigestSet,
): Promise<Leavers> {
  if (refused.size === 0) return { leaving: 0, dropped: 0 };
  const places: string[] = [];
  for await (const batch of readStaying(tx, audience.id))
    for (const { place, values } of batch) if (isRefused(values, audience, refused)) places.push(place);
  return letMembersGo(tx, audience.id, places);
}

/** Whether the platform would find somebody by these values whom it must not. */
export function isRefused(values: ToldValues, audience: Telling, refused: DigestSet): boolean {
  return refused.size > 0 && valuesIn(values, sharedFieldsOf(audience)).some((value) => refused.has(value));
}

function valuesIn(values: ToldValues, fields: readonly string[]): string[] {
  return fields.flatMap((field) => values[field] ?? []);
}
