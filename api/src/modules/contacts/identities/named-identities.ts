import type { IdentityKind } from '@coterie/rules';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { normaliseIdentity, type Identity } from '../../consent/index.js';
import { erasedAmong, erasureKey } from './erased-identity.repository.js';

/** Something that was kept as it came, because it could not be taken, by the identities that it may name. */
export type NamedIdentities = readonly Pick<Identity, 'kind' | 'value'>[];

/** Where ids of people are said to be: elsewhere, 7 is not somebody. */
const idNames = /^(?:(?:user|external|anonymous|previous)_?)?id$/iu;

/** What a value that is called this may be. */
function kindsOf(name: string, text: string): IdentityKind[] {
  const kinds: IdentityKind[] = idNames.test(name) ? ['external_id', 'anonymous_id'] : [];
  if (text.includes('@')) return [...kinds, 'email'];
  return /^[+(\d][\d\s()./-]{5,}$/u.test(text) ? [...kinds, 'phone'] : kinds;
}

function identitiesIn(name: string, text: string, country: string | null): Identity[] {
  const identities = kindsOf(name, text).map((kind) => normaliseIdentity(kind, text, country));
  return identities.filter((identity) => typeof identity !== 'string');
}

/** The identities that JSON may name, at whatever depth. @param country for phone numbers without a country code. */
export function identitiesInJson(value: unknown, country: string | null, name = ''): Identity[] {
  if (typeof value === 'string' || typeof value === 'number')
    return identitiesIn(name, String(value).trim(), country);
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => identitiesInJson(item, country, name));
  return Object.entries(value).flatMap(([key, item]) => identitiesInJson(item, country, key));
}

/** The identities that a row of a file may name. @param targets where each column goes. */
export function identitiesInRow(
  cells: readonly string[],
  targets: readonly (string | null)[],
  country: string | null,
): Identity[] {
  return cells.flatMap((cell, index) => identitiesIn(targets[index] ?? '', cell.trim(), country));
}

/** Which of some things name nobody who was erased: only those may be kept. One statement when nobody ever was. */
export async function namingNobodyErased(
  tx: WorkspaceTransaction,
  things: readonly { readonly identities: () => NamedIdentities }[],
): Promise<boolean[]> {
  const key = things.length > 0 ? await erasureKey(tx) : undefined;
  if (!key) return things.map(() => true);
  const named = things.map(({ identities }) => identities());
  const erased = await erasedAmong(tx, key, named.flat());
  return named.map((identities) => identities.every((one) => !erased.has(`${one.kind} ${one.value}`)));
}
