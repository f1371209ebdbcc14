import { randomUUID } from 'node:crypto';
import { sha256 } from '@coterie/ad-formats';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey } from '../support/workspaces.js';
import {
  openAudiences,
  readFile,
  readinessFields,
  type Audiences,
  type File,
  type Readiness,
} from './open-audiences.js';

let app: TestApp;
let audiences: Audiences;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  audiences = await openAudiences(app);
});

interface Created {
  seedList: { id: string };
  members: number;
  withValue: number;
  withoutValue: number;
  negativeValues: number;
}

interface MemberResult {
  contactId: string;
  changed: boolean;
  value: number | null;
  warning: { code: string; path: string } | null;
  error: { code: string; path: string } | null;
}

const createText = `mutation ($input: CreateSeedListInput!) { createSeedList(input: $input) {
  seedList { id } members withValue withoutValue negativeValues
} }`;

async function create(input: object): Promise<Created & { id: string }> {
  const { createSeedList } = await audiences.query<{ createSeedList: Created }>(createText, {
    input: { name: 'Seeds', ...input },
  });
  return { ...createSeedList, id: createSeedList.seedList.id };
}

const changeText = (name: string, type: string): string => `mutation ($input: ${type}!) {
  ${name}(input: $input) { contactId changed value warning { code path } error { code path } }
}`;

async function add(
  id: string,
  members: { contactId: string; value?: number | null }[],
): Promise<MemberResult[]> {
  const { addToSeedList } = await audiences.query<{ addToSeedList: MemberResult[] }>(
    changeText('addToSeedList', 'AddToSeedListInput'),
    { input: { id, members } },
  );
  return addToSeedList;
}

async function remove(id: string, contactIds: string[]): Promise<MemberResult[]> {
  const { removeFromSeedList } = await audiences.query<{ removeFromSeedList: MemberResult[] }>(
    changeText('removeFromSeedList', 'RemoveFromSeedListInput'),
    { input: { id, contactIds } },
  );
  return removeFromSeedList;
}

const listText = (name: string, type: string): string =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { id name archivedAt } }`;

/** The code and path of the failure; undefined when there is none. */
async function failure(
  text: string,
  input: object,
  who = audiences,
): Promise<{ code: string; path?: string } | undefined> {
  const { errors } = await who.ask(text, { input });
  const { code, path } = errors?.[0]?.extensions ?? {};
  return code === undefined ? undefined : { code, path };
}

interface Shown {
  name: string;
  size: number;
  withValue: number;
  segment: { name: string } | null;
  valueAttribute: string | null;
  fileUrl: string;
  members: {
    edges: { node: { contact: { id: string }; value: number | null } }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

async function show(id: string, first = 100, after: string | null = null): Promise<Shown> {
  const { workspace } = await audiences.query<{ workspace: { seedList: Shown } }>(
    `query ($id: ID!, $first: Int!, $after: String) { workspace { seedList(id: $id) {
       name size withValue segment { name } valueAttribute fileUrl
       members(first: $first, after: $after) {
         edges { node { contact { id } value } } pageInfo { hasNextPage endCursor }
       }
     } } }`,
    { id, first, after },
  );
  return workspace.seedList;
}

async function values(id: string): Promise<[contactId: string, value: number | null][]> {
  const { members } = await show(id);
  return members.edges.map(({ node }) => [node.contact.id, node.value]);
}

async function readiness(id: string): Promise<Readiness> {
  const { seedListReadiness } = await audiences.query<{ seedListReadiness: Readiness }>(
    `query ($id: ID!) { seedListReadiness(id: $id) { ${readinessFields} } }`,
    { id },
  );
  return seedListReadiness;
}

const path = (id: string, more = ''): string => `/v1/seed-lists/${id}/file.csv${more}`;

async function file(id: string, more = ''): Promise<File> {
  const response = await audiences.download(path(id, more));
  if (response.status !== 200) throw new Error(await response.text());
  return readFile(await response.text());
}

const worth = (number: number, value?: number): Parameters<Audiences['people']>[0] => ({
  externalId: `p${number}`,
  email: `p${number}@example.com`,
  ads: 'granted',
  ...(value === undefined ? {} : { attributes: { lifetime_value: value } }),
});

describe('a seed list', () => {
  it('takes the members that a segment has now, with what an attribute says, and reports what it cannot say', async () => {
    const people = await audiences.people(worth(1, 120.5), worth(2, 0), worth(3), worth(4, -20));
    const segmentId = await audiences.everybody('Customers');
    const { id, ...taken } = await create({ segmentId, valueAttribute: 'lifetime_value' });
    expect(taken).toMatchObject({ members: 4, withValue: 2, withoutValue: 1, negativeValues: 1 });
    // Neither whoever joins the segment nor a value that changes afterwards changes the list.
    await audiences.people(worth(5, 10), worth(1, 999));
    expect(await show(id)).toMatchObject({
      name: 'Seeds',
      size: 4,
      withValue: 2,
      segment: { name: 'Customers' },
      valueAttribute: 'lifetime_value',
      fileUrl: `${path(id)}?workspaceId=${audiences.id}`,
    });
    expect(await values(id)).toEqual([
      [people[0], 120.5],
      [people[1], 0],
      [people[2], null],
      [people[3], null],
    ]);
  });

  it('can be taken from a static list, without any value', async () => {
    const [, second] = await audiences.people(worth(1, 5), worth(2, 5));
    const segmentId = await audiences.list([second ?? '']);
    const { id, ...taken } = await create({ segmentId });
    expect(taken).toMatchObject({ members: 1, withValue: 0, withoutValue: 1, negativeValues: 0 });
    expect(await values(id)).toEqual([[second, null]]);
  });

  it('is put together by hand, with a value given or from an attribute, a result for each', async () => {
    const [one = '', two = '', three = '', four = ''] = await audiences.people(
      worth(1, 7),
      worth(2, 7),
      worth(3),
      worth(4, -1),
    );
    const { id, members } = await create({ valueAttribute: 'lifetime_value' });
    expect(members).toBe(0);
    const stranger = randomUUID();
    const results = await add(id, [
      { contactId: one },
      { contactId: two.toUpperCase(), value: 42 },
      { contactId: three },
      { contactId: four },
      { contactId: stranger },
      { contactId: 'no id' },
      { contactId: one, value: -0.01 },
    ]);
    expect(results).toEqual([
      { contactId: one, changed: true, value: 7, warning: null, error: null },
      { contactId: two.toUpperCase(), changed: true, value: 42, warning: null, error: null },
      {
        contactId: three,
        changed: true,
        value: null,
        warning: { code: 'NO_VALUE', path: 'input.members[2]' },
        error: null,
      },
      {
        contactId: four,
        changed: true,
        value: null,
        warning: { code: 'NEGATIVE_VALUE', path: 'input.members[3]' },
        error: null,
      },
      ...[4, 5].map((index) => ({
        contactId: [stranger, 'no id'][index - 4],
        changed: false,
        value: null,
        warning: null,
        error: { code: 'NOT_FOUND', path: `input.members[${index}].contactId` },
      })),
      {
        contactId: one,
        changed: false,
        value: null,
        warning: null,
        error: { code: 'INVALID_INPUT', path: 'input.members[6].value' },
      },
    ]);
    expect(await values(id)).toEqual([
      [one, 7],
      [two, 42],
      [three, null],
      [four, null],
    ]);
  });

  it('keeps a value until another is given, and counts the last of two in one call', async () => {
    const [one = ''] = await audiences.people(worth(1));
    const { id } = await create({});
    expect(await add(id, [{ contactId: one, value: 3 }])).toMatchObject([{ changed: true, value: 3 }]);
    expect(await add(id, [{ contactId: one }])).toMatchObject([{ changed: false, value: 3, warning: null }]);
    expect(
      await add(id, [
        { contactId: one, value: 4 },
        { contactId: one, value: 5 },
        { contactId: one, value: 5 },
      ]),
    ).toMatchObject([{ changed: true }, { changed: true }, { changed: false, value: 5 }]);
    expect(await values(id)).toEqual([[one, 5]]);
  });

  it('lets contacts go again, a result for each', async () => {
    const [one = '', two = ''] = await audiences.people(worth(1), worth(2));
    const { id } = await create({});
    await add(id, [{ contactId: one }]);
    expect(await remove(id, [one, one, two, randomUUID()])).toMatchObject([
      { changed: true, error: null },
      { changed: false, error: null },
      { changed: false, error: null },
      { changed: false, error: { code: 'NOT_FOUND', path: 'input.contactIds[3]' } },
    ]);
    expect(await values(id)).toEqual([]);
  });

  it('takes at most 1,000 contacts a call', async () => {
    const { id } = await create({});
    const ids = Array.from({ length: 1_001 }, () => randomUUID());
    const members = ids.map((contactId) => ({ contactId }));
    expect(await failure(changeText('addToSeedList', 'AddToSeedListInput'), { id, members })).toEqual({
      code: 'TOO_LARGE',
      path: 'input.members',
    });
    const off = { id, contactIds: ids };
    expect(await failure(changeText('removeFromSeedList', 'RemoveFromSeedListInput'), off)).toEqual({
      code: 'TOO_LARGE',
      path: 'input.contactIds',
    });
    expect(await add(id, members.slice(0, 1_000))).toHaveLength(1_000);
  });

  it('shows its contacts page by page, each once', async () => {
    const people = await audiences.people(...[1, 2, 3, 4, 5].map((number) => worth(number, number)));
    const { id } = await create({
      segmentId: await audiences.everybody(),
      valueAttribute: 'lifetime_value',
    });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { members }: Shown = await show(id, 2, after);
      seen.push(...members.edges.map(({ node }) => node.contact.id));
      after = members.pageInfo.hasNextPage ? members.pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(people);
    for (const cursor of ['nonsense', Buffer.from('[1.5]').toString('base64url')]) {
      const { errors } = await audiences.ask(
        `query ($id: ID!, $after: String) { workspace { seedList(id: $id) { members(after: $after) { edges { cursor } } } } }`,
        { id, after: cursor },
      );
      expect(errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
    }
  });

  it('is renamed, archived, then left alone, and comes back', async () => {
    const { id } = await create({ segmentId: await audiences.everybody() });
    const rename = listText('renameSeedList', 'RenameSeedListInput');
    expect(await audiences.query(rename, { input: { id, name: ' Best ' } })).toMatchObject({
      renameSeedList: { name: 'Best' },
    });
    const archive = listText('archiveSeedList', 'SeedListIdInput');
    const archived = await audiences.query(archive, { input: { id } });
    expect(archived).not.toMatchObject({ archiveSeedList: { archivedAt: null } });
    expect(await audiences.query(archive, { input: { id } })).toEqual(archived);
    const conflict = { code: 'CONFLICT', path: 'input.id' };
    expect(await failure(rename, { id, name: 'x' })).toEqual(conflict);
    const addText = changeText('addToSeedList', 'AddToSeedListInput');
    expect(await failure(addText, { id, members: [] })).toEqual(conflict);
    expect((await audiences.download(path(id))).status).toBe(409);
    expect(
      await audiences.query(listText('unarchiveSeedList', 'SeedListIdInput'), { input: { id } }),
    ).toMatchObject({ unarchiveSeedList: { archivedAt: null } });
    expect((await audiences.download(path(id))).status).toBe(200);
  });

  it.each<[string, object, string, string]>([
    ['without a name', { name: '' }, 'INVALID_INPUT', 'input.name'],
    ['of an unknown segment', { name: 'x', segmentId: randomUUID() }, 'NOT_FOUND', 'input.segmentId'],
    [
      'valued by an unknown attribute',
      { name: 'x', valueAttribute: 'worth' },
      'INVALID_INPUT',
      'input.valueAttribute',
    ],
    [
      'valued by a text',
      { name: 'x', valueAttribute: 'first_name' },
      'INVALID_INPUT',
      'input.valueAttribute',
    ],
    [
      "valued by a company's number",
      { name: 'x', valueAttribute: 'annual_revenue' },
      'INVALID_INPUT',
      'input.valueAttribute',
    ],
  ])('%s is refused', async (_, input, code, at) => {
    expect(await failure(createText, input)).toEqual({ code, path: at });
    const { workspace } = await audiences.query<{ workspace: { seedLists: { edges: object[] } } }>(
      '{ workspace { seedLists { edges { node { id } } } } }',
    );
    expect(workspace.seedLists.edges).toEqual([]);
  });

  it('is named among the users of its segment', async () => {
    const segmentId = await audiences.everybody();
    const { id } = await create({ segmentId });
    const archiveSegment = `mutation ($input: SegmentIdInput!) { archiveSegment(input: $input) { archivedAt } }`;
    expect(await failure(archiveSegment, { id: segmentId })).toEqual({ code: 'IN_USE', path: 'input.id' });
    await audiences.query(listText('archiveSeedList', 'SeedListIdInput'), { input: { id } });
    expect(await failure(archiveSegment, { id: segmentId })).toBeUndefined();
    expect(await failure(listText('unarchiveSeedList', 'SeedListIdInput'), { id })).toEqual({
      code: 'CONFLICT',
      path: 'input.id',
    });
  });

  it('is listed by name, segment and whether it is archived', async () => {
    const segmentId = await audiences.everybody();
    await create({ name: 'Alpha' });
    await create({ name: 'Beta', segmentId });
    const gone = await create({ name: 'Gamma' });
    await audiences.query(listText('archiveSeedList', 'SeedListIdInput'), { input: { id: gone.id } });
    const names = async (filter: object): Promise<string[]> => {
      const { workspace } = await audiences.query<{
        workspace: { seedLists: { edges: { node: { name: string } }[] } };
      }>(
        `query ($filter: SeedListFilter) { workspace { seedLists(filter: $filter) { edges { node { name } } } } }`,
        { filter },
      );
      return workspace.seedLists.edges.map(({ node }) => node.name);
    };
    expect(await names({})).toEqual(['Beta', 'Alpha']);
    expect(await names({ segmentId })).toEqual(['Beta']);
    expect(await names({ search: 'ALPH' })).toEqual(['Alpha']);
    expect(await names({ archived: true })).toEqual(['Gamma']);
  });
});

describe("the file of a seed list, Meta's value-based seed", () => {
  it('carries the value of each, and what the report says of it', async () => {
    await audiences.people(
      worth(1, 120.5),
      worth(2, 1_000_000),
      worth(3),
      worth(4, -20),
      { ...worth(5, 50), ads: 'withdrawn' },
      { externalId: 'p6', email: 'p6@example.com', attributes: { lifetime_value: 60 } },
      { externalId: 'p7', ads: 'granted', attributes: { lifetime_value: 70 } },
      worth(8, 80),
    );
    await audiences.suppress('email', 'p8@example.com');
    const { id } = await create({
      segmentId: await audiences.everybody(),
      valueAttribute: 'lifetime_value',
    });
    expect(await readiness(id)).toMatchObject({
      platform: 'META',
      members: 8,
      withoutConsent: 2,
      suppressed: 1,
      eligible: 5,
      withoutIdentifier: 1,
      duplicates: 0,
      rows: 4,
      rowsWithoutValue: 2,
      minimumSize: 100,
      reachesMinimum: false,
    });
    const { headers, rows } = await file(id);
    expect(headers.at(-1)).toBe('value');
    expect(rows.map((row) => [row[headers.indexOf('email')], row.at(-1)])).toEqual([
      [sha256('p1@example.com'), '120.5'],
      [sha256('p2@example.com'), '1000000'],
      [sha256('p3@example.com'), ''],
      [sha256('p4@example.com'), ''],
    ]);
  });

  it('has no column of values when nobody has one', async () => {
    await audiences.people(worth(1), worth(2));
    const { id } = await create({ segmentId: await audiences.everybody() });
    expect(await readiness(id)).toMatchObject({ rows: 2, rowsWithoutValue: null });
    expect((await file(id)).headers).not.toContain('value');
  });

  it('says what was chosen, and refuses what Meta does not take', async () => {
    await audiences.people(worth(1, 5));
    const { id } = await create({
      segmentId: await audiences.everybody(),
      valueAttribute: 'lifetime_value',
    });
    expect((await file(id, '?identifiers=EMAIL')).headers).toEqual(['email', 'email', 'email', 'value']);
    expect((await file(id, '?identifiers=email,gender')).headers).toEqual([
      'email',
      'email',
      'email',
      'gen',
      'value',
    ]);
    const refused = await audiences.download(path(id, '?identifiers=email,shoe_size'));
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { code: 'INVALID_INPUT', path: 'identifiers[1]' } });
    const { errors } = await audiences.ask(
      `query ($id: ID!) { seedListReadiness(id: $id, identifiers: [NAME]) { rows } }`,
      { id },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path: 'identifiers' });
  });

  it('leaves out a consent that was withdrawn after the list was made', async () => {
    const [one = ''] = await audiences.people(worth(1, 5), worth(2, 6));
    const { id } = await create({
      segmentId: await audiences.everybody(),
      valueAttribute: 'lifetime_value',
    });
    await audiences.query(
      `mutation ($input: RecordConsentsInput!) { recordConsents(input: $input) { error { code } } }`,
      { input: { consents: [{ contactId: one, channel: 'ads', state: 'withdrawn' }] } },
    );
    expect((await file(id)).rows.map((row) => row[0])).toEqual([sha256('p2@example.com')]);
  });
});

describe('who may', () => {
  it('another workspace sees and changes nothing: its ids answer like random ones', async () => {
    const [contact = ''] = await audiences.people(worth(1, 5));
    const { id } = await create({ segmentId: await audiences.everybody() });
    const stranger = await openAudiences(app);
    const [own = ''] = await stranger.people(worth(1, 5));
    const texts: [string, (id: string) => object][] = [
      [listText('renameSeedList', 'RenameSeedListInput'), (of) => ({ id: of, name: 'Mine' })],
      [listText('archiveSeedList', 'SeedListIdInput'), (of) => ({ id: of })],
      [listText('unarchiveSeedList', 'SeedListIdInput'), (of) => ({ id: of })],
      [
        changeText('addToSeedList', 'AddToSeedListInput'),
        (of) => ({ id: of, members: [{ contactId: own, value: 1 }] }),
      ],
      [changeText('removeFromSeedList', 'RemoveFromSeedListInput'), (of) => ({ id: of, contactIds: [own] })],
    ];
    for (const [text, input] of texts) {
      const random = await failure(text, input(randomUUID()), stranger);
      expect(random?.code).toBe('NOT_FOUND');
      expect(await failure(text, input(id), stranger)).toEqual(random);
    }
    const { createSeedList } = await stranger.query<{ createSeedList: Created }>(createText, {
      input: { name: 'Mine' },
    });
    const { addToSeedList } = await stranger.query<{ addToSeedList: MemberResult[] }>(
      changeText('addToSeedList', 'AddToSeedListInput'),
      { input: { id: createSeedList.seedList.id, members: [{ contactId: contact, value: 1 }] } },
    );
    expect(addToSeedList[0]?.error?.code).toBe('NOT_FOUND');
    const answer = async (of: string): Promise<[number, unknown]> => {
      const response = await stranger.download(path(of));
      const { error } = (await response.json()) as { error: { code: string } };
      return [response.status, error.code];
    };
    expect(await answer(id)).toEqual(await answer(randomUUID()));
    expect(await values(id)).toEqual([[contact, null]]);
  });

  it('a key downloads with audiences:write alone, and sees contacts with contacts:read', async () => {
    const { id } = await create({ segmentId: await audiences.everybody() });
    const download = async (...scopes: Parameters<typeof createKey>[2]): Promise<number> =>
      (await audiences.download(path(id), await createKey(app, audiences.id, scopes))).status;
    expect(await download('audiences:read', 'contacts:read', 'contacts:write')).toBe(403);
    expect(await download('audiences:write')).toBe(200);
    const reader = await openAudiences(app, { scopes: ['audiences:read', 'audiences:write'] });
    const { createSeedList } = await reader.query<{ createSeedList: Created }>(createText, {
      input: { name: 'x' },
    });
    const ask = async (fields: string): Promise<string | undefined> => {
      const { errors } = await reader.ask(
        `query ($id: ID!) { workspace { seedList(id: $id) { ${fields} } } }`,
        { id: createSeedList.seedList.id },
      );
      return errors?.[0]?.extensions.code;
    };
    expect(await ask('size withValue')).toBeUndefined();
    expect(await ask('members { edges { node { value } } }')).toBe('FORBIDDEN');
  });
});
