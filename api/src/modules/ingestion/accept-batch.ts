import { fold } from '@coterie/rules';
import type { WorkspaceAccess } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { catalogOf } from '../attributes/index.js';
import {
  aliasContact,
  upsertContacts,
  type ContactInput,
  type ContactResult,
  type UpsertSettings,
} from '../contacts/index.js';
import { checkEvent, type EventIdentity, type EventInput } from './check-event.js';
import { createEnsurePartitions } from './ensure-partitions.js';
import {
  claimMessages,
  insertEvents,
  insertQuarantined,
  messageKey,
  releaseMessages,
  type NewEvent,
} from './event.repository.js';
import { prepareTraits, type PreparedTraits } from './prepare-traits.js';
import type { Traits } from './read-traits.js';

/** One thing that came in: a deed, news about a person, or what could not even be read. */
export type Incoming = {
  /** As received, as JSON: what is kept if it cannot be taken. */
  body: string;
  /** Turns a path inside the event into one of the request, such as `events[3].occurredAt`. */
  at: (path: string) => string;
} & (
  | { problem: Problem }
  | {
      problem?: undefined;
      identity: EventIdentity;
      /** What it is known by; without one it cannot be recognised when it comes again. */
      messageId: string | null;
      event: EventInput | undefined;
      traits: Traits | undefined;
      /** An id under which its contact was known before. */
      previousId: string | null;
    }
);

type Readable = Extract<Incoming, { problem?: undefined }>;

/** What became of one thing that came in. */
export type Outcome =
  | { status: 'stored'; contactId: string; eventId: string | null }
  /** Its message was stored before, or stands twice in the batch. */
  | { status: 'duplicate' }
  /** It is in quarantine. */
  | { status: 'refused'; problem: Problem };

/** Stores a batch, an outcome for each item in the given order. When it returns, all of it is committed. */
export type AcceptBatch = (
  workspace: WorkspaceAccess,
  incoming: readonly Incoming[],
  source: string,
) => Promise<Outcome[]>;

/** Builds {@link AcceptBatch}. */
export function createAcceptBatch(services: Pick<Services, 'withWorkspace' | 'clock'>): AcceptBatch {
  const ensurePartitions = createEnsurePartitions(services.withWorkspace);
  return async (workspace, incoming, source) => {
    const now = services.clock.now();
    const checked = incoming.map((item) => check(item, now));
    await ensurePartitions(
      workspace.id,
      checked.flatMap((item) => (item.problem || !item.event ? [] : [item.event.occurredAt ?? now])),
    );
    return services.withWorkspace(workspace.id, (transaction) =>
      acceptBatch(transaction, { workspace, now, source }, checked),
    );
  };
}

/** Refuses an event with a problem; leaves everything else as it is. */
function check(item: Incoming, now: Date): Incoming {
  const problem = item.problem === undefined && item.event ? checkEvent(item.event, now) : undefined;
  return problem
    ? { body: item.body, at: item.at, problem: { ...problem, path: item.at(problem.path) } }
    : item;
}

/** Where and when a batch is stored. */
interface BatchSettings {
  workspace: WorkspaceAccess;
  now: Date;
  source: string;
}

/**
 * Stores checked items whose months have partitions: each message once, however often and by however many connections
 * it is sent. The number of statements does not depend on the size of the batch, only on how many aliases are in it.
 */
async function acceptBatch(
  transaction: WorkspaceTransaction,
  settings: BatchSettings,
  items: readonly Incoming[],
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(items.length);
  const batch: Batch = { transaction, settings, outcomes, quarantine: [], unclaimed: [] };
  const fresh = await claim(batch, items);
  for (const part of partsOf(fresh)) await storePart(batch, part);
  await insertQuarantined(transaction, batch.quarantine, settings.now);
  await releaseMessages(transaction, batch.unclaimed);
  return outcomes;
}

/** A batch in the course of being stored. */
interface Batch {
  transaction: WorkspaceTransaction;
  settings: BatchSettings;
  outcomes: Outcome[];
  quarantine: Quarantined[];
  /** Messages that were not stored, so that they may come again when they have been put right. */
  unclaimed: string[];
}

/** An alias joins two contacts, so what stands before it is stored before it, and what follows it after. */
function partsOf(fresh: readonly Fresh[]): Fresh[][] {
  const parts: Fresh[][] = [];
  for (const next of fresh) {
    const before = parts.at(-1)?.at(-1);
    const joins = before === undefined || before.item.previousId !== null || next.item.previousId !== null;
    if (joins) parts.push([next]);
    else parts.at(-1)!.push(next);
  }
  return parts;
}

async function storePart(batch: Batch, part: readonly Fresh[]): Promise<void> {
  const { transaction, settings } = batch;
  const traits = await prepareTraits(
    transaction,
    part.map(({ item }) => item.traits),
    settings.now,
  );
  const results = await resolve(transaction, settings, part, traits);
  const events: NewEvent[] = [];
  for (const [position, { item, index }] of part.entries()) {
    const result = results[position]!;
    if (!result.ok) {
      refuse(batch, item, index, firstProblem(item, result.problems));
      continue;
    }
    const event = item.event && toNewEvent(item.event, item.messageId, result.ordinal, settings.now);
    if (event) events.push(event);
    batch.quarantine.push(...leftOut(item, traits.problems[position]!, result.warnings));
    batch.outcomes[index] = { status: 'stored', contactId: result.contactId, eventId: event?.id ?? null };
  }
  await insertEvents(transaction, events, settings.source, settings.now);
  for (const { ordinal, foldedName } of events) transaction.changed(ordinal, `event:${foldedName}`);
}

function refuse(batch: Batch, item: Readable, index: number, problem: Problem): void {
  batch.outcomes[index] = { status: 'refused', problem };
  batch.quarantine.push(refusal(item, problem));
  if (item.messageId) batch.unclaimed.push(messageKey(item.messageId));
}

/** An item that is to be stored, with its place in the batch. */
interface Fresh {
  item: Readable;
  index: number;
}

/** Finds the items to be stored, and writes down what became of the others. */
async function claim(batch: Batch, items: readonly Incoming[]): Promise<Fresh[]> {
  const { transaction, settings, outcomes, quarantine } = batch;
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
    if (item.problem) {
      outcomes[index] = { status: 'refused', problem: item.problem };
      quarantine.push(refusal(item, item.problem));
    } else if (key === undefined || claimed.delete(key)) fresh.push({ item, index });
    else outcomes[index] = { status: 'duplicate' };
  }
  return fresh;
}

/** Events set no attributes: who only sends events needs no catalog to be read. */
const noCatalog = catalogOf([]);

/** Finds or makes the contact of each item. Whoever did many things is looked up once. */
async function resolve(
  transaction: WorkspaceTransaction,
  { workspace, now, source }: BatchSettings,
  part: readonly Fresh[],
  traits: PreparedTraits,
): Promise<ContactResult[]> {
  const { timeZone, defaultCountry } = workspace;
  const catalog = traits.catalog ?? noCatalog;
  const settings: UpsertSettings = { timeZone, defaultCountry, now, catalog, source, lenient: true };
  const { previousId = null, identity } = part[0]?.item ?? {};
  if (previousId !== null) {
    return [await aliasContact(transaction, settings, { previousId, externalId: identity!.externalId! })];
  }
  const inputs: ContactInput[] = [];
  const positions = new Map<string, number>();
  const positionOf = part.map(({ item }, index) => {
    const facts = traits.facts[index];
    const key = facts ? undefined : identityKey(item.identity);
    const known = key === undefined ? undefined : positions.get(key);
    if (known !== undefined) return known;
    if (key !== undefined) positions.set(key, inputs.length);
    return inputs.push({ ...item.identity, ...facts }) - 1;
  });
  const results = await upsertContacts(transaction, settings, inputs);
  return positionOf.map((position) => results[position]!);
}

function identityKey({ externalId, email, phone, anonymousId }: EventIdentity): string {
  return JSON.stringify([externalId, email, phone, anonymousId]);
}

function toNewEvent(event: EventInput, messageId: string | null, ordinal: number, now: Date): NewEvent {
  const id = newId();
  const name = event.name.trim();
  const target = event.target?.trim() || null;
  return {
    id,
    ordinal,
    name,
    foldedName: fold(name),
    target,
    foldedTarget: target === null ? null : fold(target),
    properties: JSON.stringify(event.properties ?? {}),
    occurredAt: event.occurredAt ?? now,
    messageId: messageId ?? id,
  };
}

function firstProblem(item: Readable, problems: readonly Problem[]): Problem {
  const [problem] = problems;
  if (!problem) throw new Error('A contact was refused without a problem.');
  return { ...problem, path: item.at(problem.path) };
}

/** What of the traits could not be kept, so that it is not lost. An identity that stays with another is no mistake. */
function leftOut(item: Readable, ...problems: (readonly Problem[])[]): Quarantined[] {
  const kept = problems.flat().filter((problem) => problem.code !== 'IDENTITY_CONFLICT');
  return kept.length === 0 ? [] : [refusal(item, { ...kept[0]!, path: item.at(kept[0]!.path) })];
}

type Quarantined = Parameters<typeof insertQuarantined>[1][number];

function refusal({ body }: Incoming, { code, path, message }: Problem): Quarantined {
  return { id: newId(), code, path, message, body };
}
