import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { loadValues, sameValue, writeValues, type HeldValues, type ValueWrite } from '../attributes/index.js';
import { companiesByIds } from '../companies/index.js';
import { consentsOf, saveConsents, type HeldConsent, type OfContact } from '../consent/index.js';
import { contactsByOrdinals, deleteContacts, touchContacts, updateContacts } from '../contacts/index.js';
import type { ImportEffect, UndoProgress } from './import-effects.js';
import {
  lockEffects,
  removeConsents,
  removeIdentities,
  settleEffects,
  touchedSince,
  type KeptEffect,
} from './import-effects.repository.js';

type Effect<Kind extends ImportEffect['kind']> = Extract<ImportEffect, { kind: Kind }>;

const changedSince = 'It was changed since.';

/**
 * Undoes what an import did to some contacts: those that it made are deleted unless they are more than that by now; of
 * the others, what is still as it wrote it is put back. The rest stays, and the reason is kept.
 */
export async function undoEffects(
  tx: WorkspaceTransaction,
  jobId: string,
  ordinals: readonly number[],
  now: Date,
): Promise<UndoProgress> {
  const effects = await lockEffects(tx, jobId, ordinals);
  const judged = await touchedSince(tx, jobId, ordinals);
  const untouched = judged.filter(({ touched }) => touched === null).map(({ ordinal }) => ordinal);
  const contactsKept = judged.flatMap(({ ordinal, touched }): KeptEffect[] =>
    touched === null ? [] : [{ ordinal, kind: 'created', key: '', kept: touched }],
  );
  await deleteContacts(tx, untouched);
  const made = new Set(judged.map(({ ordinal }) => ordinal));
  const changes = effects.filter(({ ordinal }) => !made.has(ordinal));
  const changesKept = await undoChanges(tx, changes, now);
  await settleEffects(tx, jobId, ordinals, [...contactsKept, ...changesKept]);
  return {
    contactsDeleted: untouched.length,
    contactsKept: contactsKept.length,
    changesUndone: changes.length - changesKept.length,
    changesKept: changesKept.length,
  };
}

/** Undoes changes of contacts that were there before; gives those that stay. */
async function undoChanges(
  tx: WorkspaceTransaction,
  changes: readonly ImportEffect[],
  now: Date,
): Promise<KeptEffect[]> {
  const of = <Kind extends ImportEffect['kind']>(kind: Kind): Effect<Kind>[] =>
    changes.filter((change): change is Effect<Kind> => change.kind === kind);
  const stay = [
    ...(await undoValues(tx, of('attribute'))),
    ...(await undoIdentities(tx, of('identity'))),
    ...(await undoConsents(tx, of('consent'))),
  ];
  const { moves, stay: unmoved } = await undoCompanies(tx, of('company'));
  stay.push(...unmoved);
  const undone = changes.filter((change) => !stay.includes(change));
  await updateContacts(
    tx,
    moves.map((move) => ({ ...move, companyFrom: null })),
    now,
  );
  await touchContacts(tx, [...new Set(undone.map(({ ordinal }) => ordinal))], now);
  return stay.map(({ ordinal, kind, key }) => ({ ordinal, kind, key, kept: changedSince }));
}

async function undoValues(
  tx: WorkspaceTransaction,
  changes: readonly Effect<'attribute'>[],
): Promise<ImportEffect[]> {
  const ordinals = [...new Set(changes.map(({ ordinal }) => ordinal))];
  const held = await loadValues(tx, 'contact', ordinals, [...new Set(changes.map(({ key }) => key))]);
  const current = ({ ordinal, key }: Effect<'attribute'>): ReturnType<HeldValues['get']> =>
    held.get(ordinal)?.get(key);
  const [undone, stay] = partition(changes, (change) =>
    sameValue(current(change)?.value ?? [], change.written.value ?? []),
  );
  const writes = undone.map((change): ValueWrite<number> => ({
    holder: change.ordinal,
    key: change.key,
    value: change.before?.value ?? null,
    since: new Date(change.before?.since ?? 0),
    mergedFrom: change.before?.mergedFrom ?? null,
    differs: true,
    storedItems: current(change)?.value.length ?? 0,
  }));
  await writeValues(tx, 'contact', writes);
  for (const { holder, key } of writes) tx.changed(holder, `attribute:${key}`);
  return stay;
}

async function undoIdentities(
  tx: WorkspaceTransaction,
  changes: readonly Effect<'identity'>[],
): Promise<ImportEffect[]> {
  const gone = await removeIdentities(tx, changes);
  const [undone, stay] = partition(changes, ({ ordinal, key }) => gone.has(`${ordinal} ${key}`));
  for (const { ordinal, key } of undone) tx.changed(ordinal, `identity:${key.split(' ', 1)[0]}`);
  return stay;
}

async function undoConsents(
  tx: WorkspaceTransaction,
  changes: readonly Effect<'consent'>[],
): Promise<ImportEffect[]> {
  const current = await consentsOf(tx, [...new Set(changes.map(({ ordinal }) => ordinal))]);
  const recordedAt = new Map(
    current.map((consent) => [`${consent.ordinal} ${consent.channel}`, consent.recordedAt.toISOString()]),
  );
  const [undone, stay] = partition(
    changes,
    ({ ordinal, key, written }) => recordedAt.get(`${ordinal} ${key}`) === written.recordedAt,
  );
  const channelOf = (change: Effect<'consent'>): HeldConsent['channel'] =>
    change.key as HeldConsent['channel'];
  const saved = undone.flatMap((change): OfContact<HeldConsent>[] =>
    change.before
      ? [
          {
            ...change.before,
            ordinal: change.ordinal,
            channel: channelOf(change),
            recordedAt: new Date(change.before.recordedAt),
            outweighs: change.before.outweighs === null ? null : new Date(change.before.outweighs),
          },
        ]
      : [],
  );
  await saveConsents(tx, saved);
  await removeConsents(
    tx,
    undone
      .filter(({ before }) => !before)
      .map((change) => ({ ordinal: change.ordinal, channel: change.key })),
  );
  for (const { ordinal, key, before, written } of undone) {
    if (before?.state !== written.state) tx.changed(ordinal, `consent:${key}`);
  }
  return stay;
}

async function undoCompanies(
  tx: WorkspaceTransaction,
  changes: readonly Effect<'company'>[],
): Promise<{ moves: { ordinal: number; companyId: string | null }[]; stay: ImportEffect[] }> {
  const contacts = await contactsByOrdinals(
    tx,
    changes.map(({ ordinal }) => ordinal),
  );
  const current = new Map(contacts.map(({ ordinal, companyId }) => [ordinal, companyId]));
  const existing = await companiesByIds(
    tx,
    changes.flatMap(({ before }) => before?.id ?? []),
  );
  const known = new Set(existing.map(({ id }) => id));
  const [undone, stay] = partition(changes, ({ ordinal, written }) => current.get(ordinal) === written.id);
  const moves = undone.map(({ ordinal, before }) => ({
    ordinal,
    companyId: before?.id && known.has(before.id) ? before.id : null,
  }));
  for (const { ordinal } of moves) tx.changed(ordinal, '*');
  return { moves, stay };
}

function partition<Item>(
  items: readonly Item[],
  fits: (item: Item) => boolean,
): [fitting: Item[], others: Item[]] {
  return [items.filter(fits), items.filter((item) => !fits(item))];
}
