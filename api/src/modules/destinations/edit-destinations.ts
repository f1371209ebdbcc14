import type { ZodType } from 'zod';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { Failure, type Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { SecretBox } from '../../platform/secret-box.js';
import { unseal } from './connect.js';
import type { DestinationKind, DestinationType } from './destination.js';
import {
  deleteDestination,
  insertDestination,
  placeOfCredentials,
  requireDestination,
  updateDestination,
  type StoredDestination,
} from './destination.repository.js';

/** What somebody enters about a destination; of a change, what is absent stays as it is. */
export interface Entered {
  settings: Readonly<Record<string, unknown>>;
  credentials: Readonly<Record<string, string>>;
}

/** Who changes a destination, when, and with what. */
export interface DestinationEditor {
  actor: string;
  now: Date;
  secrets: SecretBox;
  types: Readonly<Record<DestinationKind, DestinationType>>;
}

/** A destination, with the credentials that were made for it; shown this once. */
export type CreatedDestination = StoredDestination & { made: Readonly<Record<string, string>> };

/** What uses a destination, in words; modules above this one say so. */
export type FindUsers = (tx: WorkspaceTransaction, destinationId: string) => Promise<string[]>;

/** Creates a destination. Throws INVALID_INPUT with every problem, each at its place below `path`. */
export async function createDestination(
  tx: WorkspaceTransaction,
  { name, kind, entered, path }: { name: string; kind: DestinationKind; entered: Entered; path: string },
  { actor, now, secrets, types }: DestinationEditor,
): Promise<CreatedDestination> {
  const id = newId();
  const made = missing(types[kind].generate?.() ?? {}, entered.credentials);
  const all = { ...entered, credentials: { ...entered.credentials, ...made } };
  const { settings, credentials } = checked(types[kind], all, path);
  const destination: StoredDestination = {
    id,
    name: name.trim(),
    kind,
    settings,
    credentials: secrets.seal(JSON.stringify(credentials), placeOfCredentials(tx.workspaceId, id)),
    createdBy: actor,
    createdAt: now,
    updatedAt: now,
    disabledAt: null,
    disabledBecause: null,
    testedAt: null,
    trouble: null,
  };
  await insertDestination(tx, destination);
  return { ...destination, made };
}

/** Of what could be made, what was not given. */
function missing(
  made: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(made).filter(([name]) => given[name] === undefined));
}

/** What is to be different about a destination; undefined stays as it is. */
export interface DestinationChange {
  name?: string | undefined;
  /** Of the same kind as before; what is absent in it stays as it is. */
  entered?: { kind: DestinationKind; entered: Entered; path: string } | undefined;
  isDisabled?: boolean | undefined;
}

/** Changes a destination. Throws NOT_FOUND, or as {@link createDestination} does. */
export async function changeDestination(
  tx: WorkspaceTransaction,
  id: string,
  { name, entered, isDisabled }: DestinationChange,
  { now, secrets, types }: DestinationEditor,
  findUsers: FindUsers,
): Promise<StoredDestination> {
  const stored = await requireDestination(tx, id, 'input.id', 'for no key update');
  const changed: StoredDestination = { ...stored, updatedAt: now };
  if (name !== undefined) changed.name = name.trim();
  if (entered) {
    if (entered.kind !== stored.kind)
      throw new Failure('INVALID_INPUT', `${stored.name} is a destination of another kind.`, {
        path: entered.path,
      });
    const both = {
      settings: { ...stored.settings, ...entered.entered.settings },
      credentials: { ...unseal(secrets, tx.workspaceId, stored), ...entered.entered.credentials },
    };
    const { settings, credentials } = checked(types[stored.kind], both, entered.path);
    const { places = [] } = types[stored.kind];
    if (places.some((place) => settings[place] !== stored.settings[place]))
      await refuseWhileUsed(tx, stored, findUsers, entered.path);
    changed.settings = settings;
    changed.credentials = secrets.seal(JSON.stringify(credentials), placeOfCredentials(tx.workspaceId, id));
  }
  if (isDisabled === false) Object.assign(changed, { disabledAt: null, disabledBecause: null });
  if (isDisabled === true && !stored.disabledAt)
    Object.assign(changed, { disabledAt: now, disabledBecause: 'Somebody switched it off.' });
  await updateDestination(tx, changed);
  return changed;
}

/** What is kept in one place cannot be found from another. */
async function refuseWhileUsed(
  tx: WorkspaceTransaction,
  { id, name }: StoredDestination,
  findUsers: FindUsers,
  path: string,
): Promise<void> {
  const users = await findUsers(tx, id);
  if (users.length === 0) return;
  const message = `${name} cannot be moved while it is used by ${users.join(', ')}: make another destination.`;
  throw new Failure('IN_USE', message, { path });
}

/** Deletes a destination that nothing uses. Throws NOT_FOUND, or IN_USE with who uses it. */
export async function removeDestination(
  tx: WorkspaceTransaction,
  id: string,
  findUsers: FindUsers,
): Promise<void> {
  const { name } = await requireDestination(tx, id, 'input.id', 'for update');
  const users = await findUsers(tx, id);
  if (users.length > 0)
    throw new Failure('IN_USE', `${name} is used by ${users.join(', ')}.`, { path: 'input.id' });
  await deleteDestination(tx, id);
}

/** Settings and credentials as their kind wants them. Throws INVALID_INPUT with every problem. */
export function checked({ settings, credentials }: DestinationType, entered: Entered, path: string): Entered {
  const problems: Problem[] = [];
  const read = <Value>(schema: ZodType<Value>, value: unknown): Value | undefined => {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      problems.push({
        code: 'INVALID_INPUT',
        path: [path, ...issue.path.map(String)].join('.'),
        message: issue.message,
      });
    return undefined;
  };
  const found = {
    settings: read(settings, entered.settings),
    credentials: read(credentials, entered.credentials),
  };
  const [first] = problems;
  if (first) throw new Failure('INVALID_INPUT', first.message, { path: first.path, problems });
  return { settings: found.settings ?? {}, credentials: defined(found.credentials ?? {}) };
}

/** Without what is not there. */
function defined(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
