import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/*
 * Lookalikes from seed to ranking, as a worker grows them in a thread of its own.
 */

let app: TestApp;
let workspace: TestWorkspace;
/** Ids of contacts by their place. */
let ids: string[];

const size = 600;
/** Who is of the kind that the seed is taken from: every fifth. */
const isOfKind = (place: number): boolean => place % 5 === 0;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
  ids = await people();
});

async function change<Answer = { id: string }>(
  name: string,
  type: string,
  fields: string,
  input: object,
): Promise<Answer> {
  const text = `mutation ($input: ${type}!) { ${name}(input: $input) ${fields} }`;
  return (await workspace.query<Record<string, Answer>>(text, { input }))[name]!;
}

/** People of whom one kind mostly works in operations and looks at prices; the others seldom do. */
async function people(): Promise<string[]> {
  const contacts = Array.from({ length: size }, (_, place) => {
    const typical = isOfKind(place) ? place % 4 !== 0 : place % 7 === 0;
    return {
      externalId: `c${place}`,
      email: `c${place}@example.com`,
      attributes: [
        { key: 'job_title', value: typical ? 'Operations' : ['Sales', 'Design', 'Law'][place % 3] },
        { key: 'lead_score', value: (isOfKind(place) ? 60 : 30) + (place % 30) },
        { key: 'city', value: ['Vienna', 'Berlin', 'Paris'][(place * 7) % 3] },
      ],
    };
  });
  const made = await change<{ contact: { id: string } }[]>(
    'upsertContacts',
    'UpsertContactsInput',
    '{ contact { id } }',
    { contacts },
  );
  const events = contacts.flatMap(({ externalId }, place) =>
    isOfKind(place) && place % 3 !== 0
      ? [{ externalId, name: 'page_viewed', target: '/pricing', occurredAt: new Date().toISOString() }]
      : [],
  );
  await change('recordEvents', 'RecordEventsInput', '{ error { message } }', { events });
  return made.map(({ contact }) => contact.id);
}

async function seedList(places: readonly number[], name = 'Seed'): Promise<string> {
  const { seedList: list } = await change<{ seedList: { id: string } }>(
    'createSeedList',
    'CreateSeedListInput',
    '{ seedList { id } }',
    { name },
  );
  if (places.length > 0)
    await change('addToSeedList', 'AddToSeedListInput', '{ changed }', {
      id: list.id,
      members: places.map((place) => ({ contactId: ids[place]!, value: 1 + (place % 4) })),
    });
  return list.id;
}

/** Forty of the kind. */
const someOfKind = Array.from({ length: 40 }, (_, index) => index * 10);

const fields = `{ id name status progress trouble poolSize seedSize trainedAt nextTrainingAt archivedAt
  report { warnings drift traits { label column lift inSeed inPool weight } sizes { percent size recall lift similarity }
    holdOut { hidden at1 at5 at10 area } leftOut { column reason } } }`;

interface Shown {
  id: string;
  status: string;
  trouble: string | null;
  poolSize: number;
  seedSize: number;
  nextTrainingAt: string | null;
  trainedAt: string | null;
  report: {
    warnings: string[];
    drift: number | null;
    traits: { label: string; column: string; lift: number; inSeed: number; inPool: number }[];
    sizes: { percent: number; size: number; recall: number }[];
    holdOut: { hidden: number; area: number };
    leftOut: { column: string; reason: string }[];
  };
}

async function shown(id: string): Promise<Shown> {
  const { workspace: found } = await workspace.query<{ workspace: { lookalike: Shown } }>(
    `query ($id: ID!) { workspace { lookalike(id: $id) ${fields} } }`,
    { id },
  );
  return found.lookalike;
}

/** Waits until growing has ended. */
async function ended(id: string): Promise<Shown> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) {
    const found = await shown(id);
    if (found.status !== 'QUEUED' && found.status !== 'TRAINING') return found;
  }
  throw new Error('Growing has not ended.');
}

async function grow(input: object): Promise<Shown> {
  const { id } = await change('createLookalike', 'CreateLookalikeInput', '{ id }', {
    name: 'Like them',
    ...input,
  });
  return ended(id);
}

interface Ranked {
  rank: number;
  contact: { id: string };
  reasons: { label: string; adds: number }[];
}

interface RankedPage {
  workspace: {
    lookalike: {
      contacts: { edges: { node: Ranked }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
  };
}

async function ranking(id: string, top = 20): Promise<Ranked[]> {
  const found: Ranked[] = [];
  for (let after: string | null = null; ;) {
    const page: RankedPage = await workspace.query<RankedPage>(
      `query ($id: ID!, $top: Int!, $after: String) { workspace { lookalike(id: $id) {
         contacts(top: $top, first: 100, after: $after) { edges { node { rank contact { id } reasons { label adds } } }
           pageInfo { hasNextPage endCursor } } } } }`,
      { id, top, after },
    );
    const { edges, pageInfo } = page.workspace.lookalike.contacts;
    found.push(...edges.map(({ node }) => node));
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

describe('a lookalike', () => {
  it('ranks the others by how alike they are to the seed, and says why', async () => {
    const grown = await grow({ seedListId: await seedList(someOfKind) });
    expect(grown).toMatchObject({ status: 'READY', trouble: null, poolSize: 560, seedSize: 40 });
    const best = await ranking(grown.id);
    expect(best).toHaveLength(112);
    expect(best.map(({ rank }) => rank)).toEqual(best.map((_, index) => index + 1));
    const places = best.map(({ contact }) => ids.indexOf(contact.id));
    expect(places.filter((place) => someOfKind.includes(place))).toEqual([]);
    // 80 of 560 are of the kind: by chance every seventh of the best would be.
    expect(places.slice(0, 56).filter(isOfKind).length).toBeGreaterThan(45);
    expect(best[0]!.reasons.length).toBeGreaterThan(0);
    expect(best[0]!.reasons.every(({ adds }) => adds > 0)).toBe(true);
    const { traits, sizes, holdOut } = grown.report;
    expect(traits.map(({ column }) => column)).toEqual(expect.arrayContaining(['lead_score', 'page_viewed']));
    expect(sizes.map(({ percent }) => percent)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(sizes.at(-1)!.size).toBe(112);
    expect(holdOut).toMatchObject({ hidden: 8 });
    expect(holdOut.area).toBeGreaterThan(0.75);
  });

  it('is the same when it is grown again, and tells how much the ranking has moved', async () => {
    const first = await grow({ seedListId: await seedList(someOfKind) });
    const before = await ranking(first.id);
    expect(first.report.drift).toBeNull();
    await change('trainLookalike', 'LookalikeIdInput', '{ id }', { id: first.id });
    const second = await ended(first.id);
    expect(second.report.drift).toBe(0);
    expect(await ranking(first.id)).toEqual(before);
  });

  it('is what rules can ask for: as many as the share of the others comes to', async () => {
    const grown = await grow({ seedListId: await seedList(someOfKind) });
    const { id: segmentId } = await change('createSegment', 'CreateSegmentInput', '{ id }', {
      name: 'Alike',
      rule: { text: `lookalike "${grown.id}" top 5%` },
    });
    const { workspace: found } = await workspace.query<{
      workspace: {
        segment: { members: { edges: { node: { id: string } }[] } };
      };
    }>(
      `query ($id: ID!) { workspace { segment(id: $id) { 
         members(first: 100) { edges { node { id } } } } } }`,
      { id: segmentId },
    );
    const members = found.segment.members.edges.map(({ node }) => node.id);
    expect(members).toHaveLength(28);
    expect(members.toSorted()).toEqual(
      (await ranking(grown.id, 5)).map(({ contact }) => contact.id).toSorted(),
    );
    const refused = await workspace.ask(
      'mutation ($input: LookalikeIdInput!) { archiveLookalike(input: $input) { id } }',
      { input: { id: grown.id } },
    );
    expect(refused.errors?.[0]?.extensions.code).toBe('IN_USE');
    expect(refused.errors?.[0]?.message).toContain('Alike');
  });

  it('leaves out what the rule of the seed asks for, what is to be left out, and who is excluded', async () => {
    const segment = async (name: string, text: string): Promise<string> =>
      (await change('createSegment', 'CreateSegmentInput', '{ id }', { name, rule: { text } })).id;
    const operations = await segment('Operations', 'job_title = "Operations" and lead_score >= 60');
    const viennese = await segment('Viennese', 'city = "Vienna"');
    const { seedList: list } = await change<{ seedList: { id: string } }>(
      'createSeedList',
      'CreateSeedListInput',
      '{ seedList { id } }',
      { name: 'From a rule', segmentId: operations },
    );
    const grown = await grow({ seedListId: list.id, excludedSegmentId: viennese, leaveOut: ['city'] });
    expect(grown.status).toBe('READY');
    const leftOut = grown.report.leftOut.filter(({ reason }) => reason === 'definesSeed');
    expect(leftOut.map(({ column }) => column).toSorted()).toEqual(['city', 'job_title', 'lead_score']);
    const best = await ranking(grown.id);
    const places = best.map(({ contact }) => ids.indexOf(contact.id));
    expect(places.filter((place) => (place * 7) % 3 === 0)).toEqual([]);
  });

  it('counts members of the seed by their values when it is to', async () => {
    const seedListId = await seedList(someOfKind);
    const [plain, weighted] = [await grow({ seedListId }), await grow({ seedListId, weighted: true })];
    const order = async (id: string): Promise<string[]> =>
      (await ranking(id)).map(({ contact }) => contact.id);
    expect(await order(weighted.id)).not.toEqual(await order(plain.id));
  });

  it('is grown anew by its schedule', async () => {
    const grown = await grow({ seedListId: await seedList(someOfKind), schedule: 'WEEKLY' });
    expect(Date.parse(grown.nextTrainingAt!)).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
    const { owner } = app.database;
    await owner.query(`update lookalikes set next_training_at = now() - interval '1 minute' where id = $1`, [
      grown.id,
    ]);
    await owner.query(`select graphile_worker.add_job('train-lookalikes-due')`);
    await expect
      .poll(async () => Date.parse((await shown(grown.id)).trainedAt ?? ''), { timeout: 60_000 })
      .toBeGreaterThan(Date.parse(grown.trainedAt!));
    const again = await ended(grown.id);
    expect(again.status).toBe('READY');
    expect(Date.parse(again.nextTrainingAt!)).toBeGreaterThan(Date.now() + 6.9 * 86_400_000);
  });

  it('holds nobody who was erased', async () => {
    const grown = await grow({ seedListId: await seedList(someOfKind) });
    const [first] = await ranking(grown.id);
    const place = ids.indexOf(first!.contact.id);
    const { id } = await change('requestErasure', 'PrivacySubjectInput', '{ id }', {
      by: { email: `c${place}@example.com` },
    });
    const state = `select state from privacy_requests where id = $1`;
    await expect
      .poll(async () => (await app.database.owner.query(state, [id])).rows[0]?.state, { timeout: 30_000 })
      .toBe('done');
    expect((await ranking(grown.id)).map(({ contact }) => contact.id)).not.toContain(first!.contact.id);
  });
});

describe('a seed of which nothing can be grown', () => {
  const everybody = Array.from({ length: size }, (_, place) => place);
  it.each([
    ['is empty', [], /Nobody in the seed/],
    ['has five people', everybody.slice(0, 5), /at least 20/],
    ['is everybody', everybody, /nearly everybody/],
  ])('%s: it is refused in words', async (_, places, said) => {
    const failed = await grow({ seedListId: await seedList(places) });
    expect(failed).toMatchObject({ status: 'FAILED', report: null });
    expect(failed.trouble).toMatch(said);
    expect(await ranking(failed.id)).toEqual([]);
  });

  it('is just what one trait says: it is refused, and the trait is named', async () => {
    const contacts = Array.from({ length: 30 }, (_, index) => ({
      externalId: `vip${index}`,
      attributes: [
        { key: 'country', value: 'LI' },
        { key: 'job_title', value: 'Law' },
        { key: 'lead_score', value: 30 + index },
        { key: 'city', value: 'Berlin' },
      ],
    }));
    const made = await change<{ contact: { id: string } }[]>(
      'upsertContacts',
      'UpsertContactsInput',
      '{ contact { id } }',
      { contacts },
    );
    ids = made.map(({ contact }) => contact.id);
    const failed = await grow({ seedListId: await seedList(ids.map((_, place) => place)) });
    expect(failed.status).toBe('FAILED');
    expect(failed.trouble).toMatch(/country/);
  });

  it('is warned of when it is small', async () => {
    const grown = await grow({ seedListId: await seedList(someOfKind.slice(0, 25)) });
    expect(grown.status).toBe('READY');
    expect(grown.report.warnings.join(' ')).toMatch(/25/);
  });
});

describe('the quality of a seed', () => {
  interface Quality {
    members: number;
    identified: number;
    consentedToAds: number;
    activeIn30Days: number;
    withoutAttributes: number;
    withValue: number;
    remarks: string[];
  }
  async function qualityOf(id: string): Promise<Quality> {
    const { workspace: found } = await workspace.query<{ workspace: { seedList: { quality: Quality } } }>(
      `query ($id: ID!) { workspace { seedList(id: $id) { quality { members identified consentedToAds activeIn30Days
         withoutAttributes withValue remarks } } } }`,
      { id },
    );
    return found.seedList.quality;
  }

  it('is counted before anything is grown, and remarked on in words', async () => {
    const consent = { channel: 'ads', state: 'granted', source: 'form' };
    const consenting = someOfKind
      .slice(0, 10)
      .map((place) => ({ externalId: `c${place}`, consents: [consent] }));
    await change('upsertContacts', 'UpsertContactsInput', '{ error { message } }', { contacts: consenting });
    const quality = await qualityOf(await seedList(someOfKind));
    const active = someOfKind.filter((place) => place % 3 !== 0).length;
    expect(quality).toMatchObject({
      members: 40,
      identified: 40,
      consentedToAds: 10,
      activeIn30Days: active,
      withoutAttributes: 0,
      withValue: 40,
    });
    expect(quality.remarks).toHaveLength(1);
    expect(quality.remarks[0]).toMatch(/At most 10 can be handed to Meta/);
  });

  it('says of one that is too small that it is', async () => {
    expect((await qualityOf(await seedList([]))).remarks.join()).toMatch(/0 contacts/);
    const { remarks } = await qualityOf(await seedList(someOfKind.slice(0, 5), 'Five'));
    expect(remarks[0]).toMatch(/5 contacts/);
  });
});

describe('growing', () => {
  it('keeps the ranking of the time before when it fails or is cancelled', async () => {
    const seedListId = await seedList(someOfKind);
    const grown = await grow({ seedListId });
    const before = await ranking(grown.id);
    await change('removeFromSeedList', 'RemoveFromSeedListInput', '{ changed }', {
      id: seedListId,
      contactIds: someOfKind.slice(5).map((place) => ids[place]!),
    });
    await change('trainLookalike', 'LookalikeIdInput', '{ id }', { id: grown.id });
    expect(await ended(grown.id)).toMatchObject({ status: 'FAILED' });
    expect(await ranking(grown.id)).toEqual(before);
    await change('trainLookalike', 'LookalikeIdInput', '{ id }', { id: grown.id });
    await change('cancelLookalikeTraining', 'LookalikeIdInput', '{ id }', { id: grown.id }).catch(
      () => undefined,
    );
    expect(['CANCELLED', 'FAILED']).toContain((await ended(grown.id)).status);
    expect(await ranking(grown.id)).toEqual(before);
  });
});
