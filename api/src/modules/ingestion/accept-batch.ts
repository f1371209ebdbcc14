import { fold } from '@coterie/rules';
import type { WorkspaceAccess } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import type { Problem } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import type { Services } from '../../platform/module.js';
import { catalogOf } from '../attributes/index.js';
import { upsertContacts, type ContactInput, type ContactResult } from '../contacts/index.js';
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
      traits: Record<string, unknown> | undefined;
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
 * it is sent. The number of statements does not depend on the size of the batch.
 */
async function acceptBatch(
  transaction: WorkspaceTransaction,
  settings: BatchSettings,
  items: readonly Incoming[],
): Promise<Outcome[]> {
  const outcomes = new Array<Outcome>(items.length);
  const fresh = await claim(transaction, items, outcomes, settings.now);
  const traits = await prepareTraits(
    transaction,
    fresh.map(({ item }) => item.traits),
    settings.now,
  );
  const results = await resolve(transaction, settings, fresh, traits);
  const unclaimed: string[] = [];
  const events: NewEvent[] = [];
  const quarantine = items.flatMap((item) => (item.problem ? [refusal(item, item.problem)] : []));
  for (const [position, { item, index }] of fresh.entries()) {
    const result = results[position]!;
    if (!result.ok) {
      const problem = firstProblem(item, result.problems);
      outcomes[index] = { status: 'refused', problem };
      quarantine.push(refusal(item, problem));
      // It was not stored, so that it may come again when it has been put right.
      if (item.messageId) unclaimed.push(messageKey(item.messageId));
      continue;
    }
    const event = item.event
      ? toNewEvent(item.event, item.messageId, result.ordinal, settings.now)
      : undefined;
    if (event) events.push(event);
    quarantine.push(...leftOut(item, traits.problems[position]!, result.warnings));
    outcomes[index] = { status: 'stored', contactId: result.contactId, eventId: event?.id ?? null };
  }
  await insertEvents(transaction, events, settings.source, settings.now);
  await insertQuarantined(transaction, quarantine, settings.now);
  await releaseMessages(transaction, unclaimed);
  for (const { ordinal, foldedName } of events) transaction.changed(ordinal, `event:${foldedName}`);
  return outcomes;
}

/** An item that is to be stored, with its place in the batch. */
interface Fresh {
  item: Readable;
  index: number;
}

/** Finds the items to be stored, and writes down what became of the others. */
async function claim(
  transaction: WorkspaceTransaction,
  items: readonly Incoming[],
  outcomes: Outcome[],
  now: Date,
): Promise<Fresh[]> {
  const keys = items.map((item) =>
    item.problem || !item.messageId ? undefined : messageKey(item.messageId),
  );
  const claimed = await claimMessages(
    transaction,
    keys.filter((key) => key !== undefined),
    now,
  );
  const fresh: Fresh[] = [];
  for (const [index, item] of items.entries()) {
    const key = keys[index];
    if (item.problem) outcomes[index] = { status: 'refused', problem: item.problem };
    else if (key === undefined || claimed.delete(key)) fresh.push({ item, index });
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
  fresh: readonly Fresh[],
  traits: PreparedTraits,
): Promise<ContactResult[]> {
  const inputs: ContactInput[] = [];
  const positions = new Map<string, number>();
  const positionOf = fresh.map(({ item }, index) => {
    const facts = traits.facts[index];
    const key = facts ? undefined : identityKey(item.identity);
    const known = key === undefined ? undefined : positions.get(key);
    if (known !== undefined) return known;
    if (key !== undefined) positions.set(key, inputs.length);
    return inputs.push({ ...item.identity, ...facts }) - 1;
  });
  const { timeZone, defaultCountry } = workspace;
  const catalog = traits.catalog ?? noCatalog;
  const results = await upsertContacts(
    transaction,
    { timeZone, defaultCountry, now, catalog, source, lenient: true },
    inputs,
  );
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
