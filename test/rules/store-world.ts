import { fold } from '@coterie/rules';
import type { World, WorldContact, WorldEvent, WorldSignal, WorldValue } from '@coterie/rules/testing';
import type { SegmentDefinition } from '../../api/src/modules/segments/engine/truth.js';
import type { WorkspaceTransaction } from '../../api/src/platform/database/with-workspace.js';
import { newId } from '../../api/src/platform/ids.js';
import { ensurePartitions, insertRows } from './insert-rows.js';

/** No event is stored that is older: such worlds are cut to what can be. */
const oldestEvent = new Date('2000-01-01T00:00:00.000Z');

const longAgo = Date.parse('2020-01-01T00:00:00.000Z');

/** The world without the events that the database would not take. */
export function storable(world: World): World {
  const contacts = world.contacts.map((contact) => ({
    ...contact,
    events: contact.events.filter((event) => event.occurredAt >= oldestEvent),
  }));
  return { ...world, contacts };
}

/**
 * Writes a world into the tables. Contacts get the ordinals of their places in it; three of them share each moment of
 * creation, so that pages have ties to break.
 */
export async function storeWorld(
  tx: WorkspaceTransaction,
  world: World,
  definitions: Iterable<SegmentDefinition>,
): Promise<void> {
  const { companies, contacts } = world;
  const created = (ordinal: number): string =>
    new Date(longAgo + Math.floor(ordinal / 3) * 1_000).toISOString();
  await insertRows(
    tx,
    'companies',
    companies.map(({ id }) => ({ id, name: 'A company', created_at: created(0), updated_at: created(0) })),
  );
  await insertRows(
    tx,
    'company_attributes',
    companies.flatMap(({ id, attributes }) => valueRows(attributes, { company_id: id })),
  );
  await insertRows(
    tx,
    'contacts',
    contacts.map(({ id, companyId }, ordinal) => ({
      id,
      ordinal,
      company_id: companyId,
      created_at: created(ordinal),
      updated_at: created(ordinal),
    })),
  );
  await insertRows(tx, 'contact_ordinals', [{ next_ordinal: contacts.length }]);
  const eachOf = <Row>(rows: (contact: WorldContact, ordinal: number) => Row[]): Row[] =>
    contacts.flatMap(rows);
  await insertRows(
    tx,
    'contact_attributes',
    eachOf((contact, ordinal) => valueRows(contact.attributes, { ordinal })),
  );
  await insertRows(
    tx,
    'contact_identities',
    eachOf(({ identities }, ordinal) =>
      identities.map(({ kind, value }) => ({ kind, value, raw: value, ordinal, created_at: created(0) })),
    ),
  );
  await insertRows(
    tx,
    'consents',
    eachOf(({ consents }, ordinal) =>
      [...consents].map(([channel, state]) => ({
        ordinal,
        channel,
        state,
        source: 'test',
        recorded_at: created(0),
      })),
    ),
  );
  await insertRows(
    tx,
    'contact_signals',
    eachOf(({ signals }, ordinal) => signals.map((signal) => ({ ...signalRow(signal), ordinal }))),
  );
  await insertRows(
    tx,
    'company_signals',
    companies.flatMap(({ id, signals }) =>
      signals.map((signal) => ({ ...signalRow(signal), company_id: id })),
    ),
  );
  await ensurePartitions(
    tx,
    contacts.flatMap(({ events }) => events.map((event) => event.occurredAt)),
  );
  await insertRows(
    tx,
    'events',
    eachOf(({ events }, ordinal) => events.map((event) => eventRow(event, ordinal))),
  );
  await storeMemberships(tx, world, definitions);
}

async function storeMemberships(
  tx: WorkspaceTransaction,
  { contacts, lists, segments, lookalikes }: World,
  definitions: Iterable<SegmentDefinition>,
): Promise<void> {
  const ordinalOf = new Map(contacts.map(({ id }, ordinal) => [id, ordinal]));
  const lookups = [...lists.keys()].map((id): SegmentDefinition => ({ id, name: id, rule: null }));
  const stored = [...lookups, ...definitions];
  await insertRows(
    tx,
    'segments',
    stored.map(({ id, name, rule }) => ({
      id,
      kind: rule ? 'rule' : 'static',
      name,
      folded_name: name,
      rule,
      description: '',
      version: 1,
      created_by: 'system',
      created_at: new Date(longAgo).toISOString(),
      updated_at: new Date(longAgo).toISOString(),
    })),
  );
  const added = new Date(longAgo).toISOString();
  const members = stored
    .filter(({ rule }) => rule === null)
    .flatMap(({ id }) =>
      [...(lists.get(id) ?? segments.get(id) ?? [])].map((contact) => ({
        segment_id: id,
        ordinal: ordinalOf.get(contact),
        added_at: added,
      })),
    );
  await insertRows(tx, 'list_members', members);
  const seedList = newId();
  await insertRows(tx, 'seed_lists', [
    { id: seedList, name: 'Seeds', created_by: 'system', created_at: added },
  ]);
  await insertRows(
    tx,
    'lookalikes',
    [...lookalikes.keys()].map((id) => ({ id, name: id, seed_list_id: seedList, created_at: added })),
  );
  const ranks = [...lookalikes].flatMap(([id, ranked]) =>
    ranked.map((contact, place) => ({ lookalike_id: id, ordinal: ordinalOf.get(contact), rank: place + 1 })),
  );
  await insertRows(tx, 'lookalike_ranks', ranks);
}

function valueRows(attributes: ReadonlyMap<string, WorldValue>, holder: object): Record<string, unknown>[] {
  return [...attributes].flatMap(([key, { value: values, since }]) =>
    (Array.isArray(values) ? values : [values]).map((value, position) => ({
      ...holder,
      key,
      position,
      text: typeof value === 'string' ? value : null,
      folded: typeof value === 'string' ? fold(value) : null,
      number: typeof value === 'number' ? value : null,
      flag: typeof value === 'boolean' ? value : null,
      instant: value instanceof Date ? value.toISOString() : null,
      since: since.toISOString(),
    })),
  );
}

function signalRow({ name, source, value, observedAt }: WorldSignal): Record<string, unknown> {
  const text = typeof value === 'string' ? value : null;
  return {
    id: newId(),
    name,
    folded_name: fold(name),
    source,
    folded_source: fold(source),
    text,
    folded: text === null ? null : fold(text),
    number: typeof value === 'number' ? value : null,
    observed_at: observedAt.toISOString(),
    received_at: observedAt.toISOString(),
  };
}

function eventRow(
  { id, name, target, properties, occurredAt }: WorldEvent,
  ordinal: number,
): Record<string, unknown> {
  return {
    id,
    ordinal,
    name,
    folded_name: fold(name),
    target,
    folded_target: target === null ? null : fold(target),
    properties,
    occurred_at: occurredAt.toISOString(),
    received_at: occurredAt.toISOString(),
    source: 'test',
    message_id: id,
  };
}
