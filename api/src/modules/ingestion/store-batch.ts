import { fold } from '@coterie/rules';
import type { WorkspaceAccess } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { catalogOf } from '../attributes/index.js';
import {
  erasedCode,
  identitiesInJson,
  namingNobodyErased,
  upsertContacts,
  type ContactInput,
  type ContactResult,
  type UpsertSettings,
} from '../contacts/index.js';
import type { EventIdentity, EventInput } from './check-event.js';
import {
  claimMessages,
  insertEvents,
  messageKey,
  releaseMessages,
  type NewEvent,
} from './event.repository.js';
import { refused, type Incoming, type Outcome, type Readable } from './incoming.js';
import { leftOutOf } from './left-out.js';
import { prepareTraits, type PreparedTraits } from './prepare-traits.js';
import { insertQuarantined, type QuarantinedRow } from './quarantine.repository.js';

/** Where and when a batch is stored. */
export interface BatchSettings {
  workspace: Pick<WorkspaceAccess, 'timeZone' | 'defaultCountry'>;
  now: Date;
}

/**
 * Stores checked items whose months have partitions: each message once, however often and by however many connections
 * it is sent. The number of statements does not depend on the size of the batch.
 * @returns what became of each item, in the given order.
 */
export async function storeBatch(
  transaction: WorkspaceTransaction,
  settings: BatchSettings,
  items: readonly Incoming[],
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(items.length);
  const batch: Batch = { transaction, settings, outcomes, quarantine: [], unclaimed: [] };
  const fresh = await claim(batch, items);
  await store(batch, fresh);
  await insertQuarantined(transaction, await withoutErased(batch));
  await releaseMessages(transaction, batch.unclaimed);
  return outcomes;
}

/** A batch in the course of being stored. */
interface Batch {
  transaction: WorkspaceTransaction;
  settings: BatchSettings;
  outcomes: Outcome[];
  quarantine: QuarantinedRow[];
  /** Messages that were not stored, so that they may come again when they have been put right. */
  unclaimed: string[];
}

/** An item that is to be stored, with its place in the batch. */
interface Fresh {
  item: Readable;
  index: number;
}

/** Finds the items to be stored, and writes down what became of the others. */
async function claim(batch: Batch, items: readonly Incoming[]): Promise<Fresh[]> {
  const { transaction, settings, outcomes } = batch;
  const keys = items.map((item) =>
    item.problem || !item.messageId ? undefined : messageKey(item.messageId),
  );
  const claimed = await claimMessages(
    transaction,
    keys.filter((key) => key !== undefined),
    settings.now,
  );
  const fresh: Fresh[] = [];
  for (const [index, item] of items.entries()) {
    const key = keys[index];
    if (item.problem) refuse(batch, item, index, item.problem);
    else if (key === undefined || claimed.delete(key)) fresh.push({ item, index });
    else outcomes[index] = { status: 'duplicate' };
  }
  return fresh;
}

function refuse(batch: Batch, item: Incoming, index: number, problem: Problem): void {
  batch.outcomes[index] = refused(item, problem);
  batch.quarantine.push(quarantined(item, problem, item.body()));
}

function quarantined(
  { kind, source, receivedAt, quarantineId }: Incoming,
  { code, path, message }: Problem,
  body: string,
): QuarantinedRow {
  return { id: quarantineId ?? newId(), kind, source, code, path, message, body, receivedAt };
}

/** What cannot be taken is not kept either when it names somebody who was erased. */
async function withoutErased({ transaction, settings, quarantine }: Batch): Promise<QuarantinedRow[]> {
  const { defaultCountry } = settings.workspace;
  const named = quarantine.map(({ body }) => ({
    identities: () => identitiesInJson(JSON.parse(body), defaultCountry),
  }));
  const mayStay = await namingNobodyErased(transaction, named);
  return quarantine.filter((_, index) => mayStay[index]);
}

async function store(batch: Batch, fresh: readonly Fresh[]): Promise<void> {
  const { transaction, settings, outcomes } = batch;
  const traits = await prepareTraits(
    transaction,
    fresh.map(({ item }) => item.traits),
    settings.now,
  );
  const results = await resolve(transaction, settings, fresh, traits);
  const events: NewEvent[] = [];
  for (const [position, { item, index }] of fresh.entries()) {
    const result = results[position]!;
    if (!result.ok && result.problems[0]?.code === erasedCode) {
      // What is left of it is the memory of its id: sent again, it is a duplicate.
      outcomes[index] = { ...refused(item, problemOf(item, result.problems)), status: 'erased' };
      continue;
    }
    if (!result.ok) {
      refuse(batch, item, index, problemOf(item, result.problems));
      if (item.messageId) batch.unclaimed.push(messageKey(item.messageId));
      continue;
    }
    const event = item.event && toNewEvent(item, item.event, result);
    if (event) events.push(event);
    keepLeftOut(batch, item, traits.items[position], result.warnings);
    outcomes[index] = { status: 'stored', contactId: result.contactId, eventId: event?.id ?? null };
  }
  await insertEvents(transaction, events);
  for (const { ordinal, foldedName } of events) transaction.changed(ordinal, `event:${foldedName}`);
}

/** Events set no attributes: who only sends events needs no catalog to be read. */
const noCatalog = catalogOf([]);

/**
 * Finds or makes the contact of each item. Whoever did many things is looked up once, until something new is said about
 * whom an identity means: what came before was done by whom it meant before.
 */
async function resolve(
  transaction: WorkspaceTransaction,
  { workspace: { timeZone, defaultCountry }, now }: BatchSettings,
  fresh: readonly Fresh[],
  traits: PreparedTraits,
): Promise<ContactResult[]> {
  const inputs: ContactInput[] = [];
  const positions = new Map<string, number>();
  const positionOf = fresh.map(({ item }, index) => {
    const { identity, previousId, source } = item;
    const facts = factsOf(item, traits.items[index]);
    const saysNothing = !facts && previousId === null;
    const key = saysNothing ? identityKey(identity) : undefined;
    const known = key === undefined ? undefined : positions.get(key);
    if (known !== undefined) return known;
    if (!saysNothing || namesSeveral(identity)) positions.clear();
    if (key !== undefined) positions.set(key, inputs.length);
    return inputs.push({ ...identity, ...facts, previousId, source }) - 1;
  });
  const catalog = traits.catalog ?? noCatalog;
  const settings: UpsertSettings = { timeZone, defaultCountry, now, catalog, lenient: true };
  const results = await upsertContacts(transaction, settings, inputs);
  return positionOf.map((position) => results[position]!);
}

function namesSeveral({ externalId, email, phone, anonymousId }: EventIdentity): boolean {
  return [externalId, email, phone, anonymousId].filter(Boolean).length > 1;
}

/** What an item says of its contact; undefined when it only says who it is. */
function factsOf(
  { firstTouch }: Readable,
  prepared: PreparedTraits['items'][number],
): ContactInput | undefined {
  return firstTouch ? { ...prepared?.facts, initialAttributes: firstTouch } : prepared?.facts;
}

function identityKey({ externalId, email, phone, anonymousId }: EventIdentity): string {
  return JSON.stringify([externalId, email, phone, anonymousId]);
}

function toNewEvent(
  { messageId, source, receivedAt }: Readable,
  event: EventInput,
  { ordinal, mergedFrom }: Extract<ContactResult, { ok: true }>,
): NewEvent {
  const id = newId();
  const name = event.name.trim();
  const target = event.target?.trim() || null;
  return {
    id,
    ordinal,
    mergedFrom,
    name,
    foldedName: fold(name),
    target,
    foldedTarget: target === null ? null : fold(target),
    properties: JSON.stringify(event.properties ?? {}),
    occurredAt: event.occurredAt ?? receivedAt,
    receivedAt,
    messageId: messageId ?? id,
    source,
  };
}

function problemOf(item: Readable, problems: readonly Problem[]): Problem {
  const [problem] = problems;
  if (!problem) throw new Error('A contact was refused without a problem.');
  return { ...problem, path: item.nameOf(problem.path) };
}

/** What of the traits could not be kept goes into quarantine, so that it is not lost. */
function keepLeftOut(
  batch: Batch,
  item: Readable,
  prepared: PreparedTraits['items'][number],
  warnings: readonly Problem[],
): void {
  const leftOut = item.traits && prepared && leftOutOf(item.traits, prepared, warnings);
  if (leftOut) batch.quarantine.push(quarantined(item, leftOut.problem, item.body(leftOut.traits)));
}
