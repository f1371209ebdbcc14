import { randomUUID } from 'node:crypto';
import { deleteOldEvents } from '../../api/src/modules/retention/event-retention.repository.js';
import { trimFeed } from '../../api/src/modules/retention/records.repository.js';
import type { Laboratory, Process } from './laboratory.js';
import type { Random } from './random.js';

/** What writers know of what there is. Ids may be of what is gone: then they are refused, as they should be. */
export interface Population {
  /** By the external id that each was made with. */
  contactIds: Map<string, string>;
  merges: string[];
  /** What the attribute that is renamed is called. */
  score: string;
  segmentVersions: { inner: number; outer: number };
}

export const newPopulation = (): Population => ({
  contactIds: new Map(),
  merges: [],
  score: 'score',
  segmentVersions: { inner: 1, outer: 1 },
});

/** One writer at work. */
export interface Writing {
  laboratory: Laboratory;
  process: Process;
  random: Random;
  population: Population;
}

type Write = (writing: Writing) => Promise<void>;

const people = Array.from({ length: 60 }, (_, index) => `p-${index}`);
const companies = ['acme', 'globex', 'initech', 'umbrella'];
const channels = ['ads', 'email'];

/** Refusals that a race, or a thing that is gone, makes. */
const expected = ['NOT_FOUND', 'CONFLICT', 'INVALID_INPUT', 'UNAVAILABLE'];

async function send(
  { laboratory, process }: Writing,
  query: string,
  variables: Record<string, unknown>,
): Promise<Record<string, unknown> | undefined> {
  const { data, errors } = await laboratory.ask(process, query, variables);
  const strange = errors?.find(({ extensions }) => !expected.includes(extensions.code));
  if (strange) throw new Error(`A writer was refused: ${JSON.stringify(strange)}`);
  return (data ?? undefined) as Record<string, unknown> | undefined;
}

const minutesFrom = (at: Date, minutes: number): string =>
  new Date(at.getTime() + minutes * 60_000).toISOString();

function attributesOf({ random, population, laboratory }: Writing): { key: string; value: unknown }[] {
  const { at } = laboratory.clock;
  const all = [
    { key: 'job_title', value: random.pick(['Ops Manager', 'ops manager', 'CEO', 'Clerk', null]) },
    { key: population.score, value: random.pick([0, 10, 30, 50, 51, 60, 90, null]) },
    { key: 'trial', value: random.pick([true, false, null]) },
    { key: 'tags', value: random.pick([['a'], ['a', 'b'], ['c'], null]) },
    {
      key: 'renewal',
      value: random.pick([minutesFrom(at, random.below(400) - 200), '2020-03-21', '2026-04-20', null]),
    },
  ];
  return random.some(all, 1 + random.below(3));
}

function companyOf({ random }: Writing): object {
  const attributes = random.chance(0.5)
    ? [
        { key: 'industry', value: random.pick(['Software', 'Retail', null]) },
        { key: 'employee_count', value: random.pick([5, 100, 2000]) },
      ]
    : [];
  return { externalId: random.pick(companies), attributes };
}

const upsertPeople: Write = async (writing) => {
  const { random, population, laboratory } = writing;
  const contacts = random.some(people, 1 + random.below(6)).map((externalId) => ({
    externalId,
    attributes: attributesOf(writing),
    ...(random.chance(0.3) && { email: `${externalId}@example.com` }),
    ...(random.chance(0.1) && { phone: `+4366012345${externalId.slice(2).padStart(2, '0')}` }),
    ...(random.chance(0.4) && { company: companyOf(writing) }),
    ...(random.chance(0.4) && {
      consents: random.some(channels, 1).map((channel) => ({
        channel,
        state: random.pick(['granted', 'withdrawn']),
        recordedAt: minutesFrom(laboratory.clock.at, -random.below(100)),
      })),
    }),
  }));
  const data = await send(
    writing,
    'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { contact { id } } }',
    { input: { contacts } },
  );
  const results = (data?.['upsertContacts'] ?? []) as { contact: { id: string } | null }[];
  for (const [index, { contact }] of results.entries()) {
    if (contact) population.contactIds.set(contacts[index]!.externalId, contact.id);
  }
};

const recordEvents: Write = async (writing) => {
  const { random, laboratory } = writing;
  const { at } = laboratory.clock;
  const events = Array.from({ length: 1 + random.below(8) }, () => ({
    externalId: random.pick(people),
    name: random.pick(['page_viewed', 'PAGE_VIEWED', 'purchased', 'demo_requested']),
    target: random.pick(['/pricing', '/docs', null]),
    properties: { amount: random.pick([10, 30, 60, 120, 'many']), plan: random.pick(['pro', 'free']) },
    // Now, late by minutes, hours or weeks, or ahead of its time.
    occurredAt: minutesFrom(
      at,
      random.pick([0, -random.below(30), -random.below(400), -random.below(60_000), random.below(90)]),
    ),
  }));
  await send(
    writing,
    'mutation ($input: RecordEventsInput!) { recordEvents(input: $input) { error { code } } }',
    { input: { events } },
  );
};

/** By the tracking API, as pages and servers do. */
const trackEvents: Write = async ({ laboratory, process, random }) => {
  const { at } = laboratory.clock;
  const messages = Array.from({ length: 1 + random.below(8) }, () => ({
    type: 'track',
    messageId: randomUUID(),
    userId: random.pick(people),
    event: random.pick(['page_viewed', 'purchased', 'demo_requested']),
    properties: { amount: random.pick([10, 30, 60, 120]), plan: random.pick(['pro', 'free']) },
    timestamp: minutesFrom(at, random.pick([0, -random.below(30), -random.below(60_000), random.below(90)])),
  }));
  const status = await laboratory.track(process, messages);
  if (status !== 200 && status !== 503) throw new Error(`Messages were answered with ${status}.`);
};

const changeCompanies: Write = async (writing) => {
  const input = { companies: [companyOf(writing)] };
  await send(
    writing,
    'mutation ($input: UpsertCompaniesInput!) { upsertCompanies(input: $input) { error { code } } }',
    { input },
  );
};

const recordSignals: Write = async (writing) => {
  const { random, laboratory } = writing;
  const subject = random.chance(0.5)
    ? { contact: { externalId: random.pick(people) } }
    : { company: { externalId: random.pick(companies) } };
  const signal = {
    ...subject,
    name: random.pick(['crm software', 'CRM Software', 'funding']),
    source: random.pick(['bombora', 'g2']),
    value: random.pick([20, 50, 80]),
    observedAt: minutesFrom(laboratory.clock.at, -random.below(400)),
  };
  await send(
    writing,
    'mutation ($input: RecordSignalsInput!) { recordSignals(input: $input) { error { code } } }',
    { input: { signals: [signal] } },
  );
};

const deletePerson: Write = async (writing) => {
  const id = writing.random.pick([...writing.population.contactIds.values()]);
  if (id) await send(writing, 'mutation ($id: ID!) { deleteContact(id: $id) }', { id });
};

const mergePeople: Write = async (writing) => {
  const { random, population } = writing;
  const [winnerId, loserId] = random.some([...population.contactIds.values()], 2);
  if (!loserId || winnerId === loserId) return;
  const data = await send(
    writing,
    'mutation ($input: MergeContactsInput!) { mergeContacts(input: $input) { id } }',
    { input: { winnerId, loserId } },
  );
  const merge = data?.['mergeContacts'] as { id: string } | null | undefined;
  if (merge) population.merges.push(merge.id);
};

const undoMerge: Write = async (writing) => {
  const { random, population } = writing;
  const mergeId = random.pick(population.merges);
  if (!mergeId) return;
  await send(writing, 'mutation ($mergeId: ID!) { undoContactMerge(mergeId: $mergeId) { id } }', { mergeId });
};

const changeList: Write = async (writing) => {
  const { random, population, laboratory } = writing;
  const contactIds = random.some([...population.contactIds.values()], 1 + random.below(4));
  if (contactIds.length === 0) return;
  const change = random.pick(['addToStaticSegment', 'removeFromStaticSegment']);
  await send(writing, `mutation ($input: ListChangeInput!) { ${change}(input: $input) { changed } }`, {
    input: { id: laboratory.things.list, contactIds },
  });
};

const editSegment: Write = async (writing) => {
  const { random, population, laboratory } = writing;
  const name = random.pick(['inner', 'outer'] as const);
  const { [name]: id, inner } = laboratory.things;
  const text =
    name === 'inner'
      ? `${population.score} >= ${random.pick([10, 30, 50])}`
      : `segment "${inner}" or event "purchased" in last ${random.pick([1, 3])} hours`;
  const data = await send(
    writing,
    'mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) { version } }',
    { input: { id, expectedVersion: population.segmentVersions[name], rule: { text } } },
  );
  const edited = data?.['updateSegment'] as { version: number } | null | undefined;
  if (edited) population.segmentVersions[name] = edited.version;
  else await lookUpVersions(writing);
};

/** A rename makes new versions as well. */
async function lookUpVersions(writing: Writing): Promise<void> {
  for (const name of ['inner', 'outer'] as const) {
    const data = await send(writing, 'query ($id: ID!) { workspace { segment(id: $id) { version } } }', {
      id: writing.laboratory.things[name],
    });
    const workspace = data?.['workspace'] as { segment: { version: number } } | undefined;
    if (workspace) writing.population.segmentVersions[name] = workspace.segment.version;
  }
}

/** There and back again, as a key that was another attribute's is not free. */
const renameAttribute: Write = async (writing) => {
  const { population } = writing;
  const newKey = population.score === 'score' ? 'points' : 'score';
  const data = await send(
    writing,
    'mutation ($input: RenameAttributeInput!) { renameAttribute(input: $input) { key } }',
    { input: { subject: 'contact', key: population.score, newKey } },
  );
  if (data?.['renameAttribute']) population.score = newKey;
};

/** Nothing writes these over the API yet: as whatever does will, with its entry in the feed. */
const rankLookalike: Write = async ({ laboratory, random }) => {
  const { workspaceId, things } = laboratory;
  await laboratory.asOwner(
    `with clock as (
       update workspace_versions set version = version + 1 where workspace_id = '${workspaceId}' returning version
     ), noted as (
       insert into changes (workspace_id, version, ordinal, facet)
       select '${workspaceId}', version, -1, 'lookalike:${things.lookalike}' from clock
     ), gone as (
       delete from lookalike_ranks where lookalike_id = '${things.lookalike}' and ordinal % 3 = ${random.below(3)}
     )
     insert into lookalike_ranks (workspace_id, lookalike_id, ordinal, rank)
     select '${workspaceId}', '${things.lookalike}', c.ordinal, 1 + (c.ordinal * 7 + ${random.below(50)}) % 50
     from contacts c, clock
     where c.workspace_id = '${workspaceId}' and c.ordinal % 3 <> 2
     on conflict (workspace_id, lookalike_id, ordinal) do update set rank = excluded.rank`,
  );
};

/** Puts a segment aside that nobody needs, and takes it back. */
const archiveSegment: Write = async (writing) => {
  const input = { id: writing.laboratory.things.outer };
  for (const change of ['archiveSegment', 'unarchiveSegment']) {
    await send(writing, `mutation ($input: SegmentIdInput!) { ${change}(input: $input) { id } }`, { input });
  }
};

/** What was done long ago is kept no longer. */
const expireEvents: Write = async ({ laboratory: { withWorkspace, workspaceId, clock }, random }) => {
  const before = new Date(minutesFrom(clock.at, -random.pick([2_000, 20_000, 40_000])));
  await withWorkspace(workspaceId, (tx) =>
    deleteOldEvents(tx, { foldedName: '', others: [], before }, 1 + random.below(20)),
  );
};

/** More people at once than are looked at again one by one. */
const upsertMany: Write = async (writing) => {
  const contacts = Array.from({ length: 600 }, (_, index) => ({
    externalId: `many-${index}`,
    attributes: attributesOf(writing),
  }));
  await send(
    writing,
    'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { outcome } }',
    { input: { contacts } },
  );
};

/** As when the feed has grown old: whoever is behind what is left of it has to begin anew. */
const cutFeed: Write = async ({ laboratory: { withWorkspace, workspaceId }, random }) => {
  await withWorkspace(workspaceId, async (tx) =>
    trimFeed(tx, (await tx.version()) - random.pick([0, 1, 5]), 100_000),
  );
};

/** What writers do, as often as it says. */
const writes: readonly [Write, number][] = [
  [upsertPeople, 30],
  [recordEvents, 18],
  [trackEvents, 12],
  [changeCompanies, 6],
  [recordSignals, 6],
  [deletePerson, 4],
  [mergePeople, 4],
  [undoMerge, 3],
  [changeList, 6],
  [editSegment, 4],
  [renameAttribute, 1],
  [rankLookalike, 2],
  [archiveSegment, 1],
  [expireEvents, 2],
  [cutFeed, 2],
  [upsertMany, 0.5],
];

const total = writes.reduce((sum, [, weight]) => sum + weight, 0);

/** Draws what a writer does next. */
export function drawWrite(random: Random): Write {
  let place = random.share() * total;
  for (const [write, weight] of writes) {
    place -= weight;
    if (place < 0) return write;
  }
  return upsertPeople;
}
