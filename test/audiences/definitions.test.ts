import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createKey } from '../support/workspaces.js';
import { openAudiences, type Audiences } from './open-audiences.js';

let app: TestApp;
let audiences: Audiences;
let segmentId: string;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  audiences = await openAudiences(app);
  segmentId = await audiences.everybody();
});

const fields = `id name platform kind segmentId identifiers fileUrl createdBy createdAt updatedAt archivedAt`;
const mutation = (name: string, type: string): string =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`;
const create = mutation('createCustomAudience', 'CreateCustomAudienceInput');
const update = mutation('updateCustomAudience', 'UpdateCustomAudienceInput');
const archive = mutation('archiveCustomAudience', 'CustomAudienceIdInput');
const unarchive = mutation('unarchiveCustomAudience', 'CustomAudienceIdInput');

type Shown = Record<string, unknown>;

async function change(text: string, input: object): Promise<Shown> {
  return Object.values(await audiences.query<Record<string, Shown>>(text, { input }))[0]!;
}

async function failure(
  text: string,
  input: object,
  who = audiences,
): Promise<{ code?: string; path?: string; message?: string }> {
  const { errors } = await who.ask(text, { input });
  const { code, path } = errors?.[0]?.extensions ?? {};
  return { code, path, message: errors?.[0]?.message };
}

async function names(filter: object): Promise<string[]> {
  const { workspace } = await audiences.query<{
    workspace: { customAudiences: { edges: { node: { name: string } }[] } };
  }>(
    `query ($filter: CustomAudienceFilter) { workspace { customAudiences(filter: $filter) { edges { node { name } } } } }`,
    { filter },
  );
  return workspace.customAudiences.edges.map(({ node }) => node.name);
}

describe('a custom audience', () => {
  it('is created with what the platform finds people by, unless told otherwise', async () => {
    const made = await change(create, { name: ' Visitors ', platform: 'META', segmentId });
    expect(made).toMatchObject({
      name: 'Visitors',
      platform: 'META',
      kind: 'CONTACTS',
      segmentId,
      identifiers: ['EMAIL', 'PHONE', 'MOBILE_AD_ID'],
      fileUrl: `/v1/audiences/${made['id']}/file.csv?workspaceId=${audiences.id}`,
      archivedAt: null,
    });
    const chosen = await change(create, {
      name: 'Chosen',
      platform: 'META',
      segmentId,
      identifiers: ['GENDER', 'EMAIL'],
    });
    expect(chosen['identifiers']).toEqual(['EMAIL', 'GENDER']);
  });

  it.each(['META', 'GOOGLE', 'LINKEDIN', 'TIKTOK', 'X', 'MICROSOFT'])('can be for %s', async (platform) => {
    const id = await audiences.create({ platform, segmentId });
    expect((await audiences.file(id)).headers.length).toBeGreaterThan(0);
  });

  it('is read with its segment', async () => {
    const id = await audiences.create({ name: 'Visitors', platform: 'GOOGLE', segmentId });
    const { workspace } = await audiences.query<{ workspace: { customAudience: Shown } }>(
      `query ($id: ID!) { workspace { customAudience(id: $id) { name segment { id name } } } }`,
      { id },
    );
    expect(workspace.customAudience).toEqual({
      name: 'Visitors',
      segment: { id: segmentId, name: 'Everybody' },
    });
  });

  it('is renamed and given another segment or other identifiers; what is absent stays', async () => {
    const other = await audiences.list([], 'Others');
    const before = await change(create, { name: 'Visitors', platform: 'META', segmentId });
    const { id } = before;
    const renamed = await change(update, { id, name: 'Guests' });
    expect(renamed).toMatchObject({ name: 'Guests', segmentId, identifiers: before['identifiers'] });
    expect(Date.parse(String(renamed['updatedAt']))).toBeGreaterThan(Date.parse(String(before['updatedAt'])));
    expect(await change(update, { id, segmentId: other })).toMatchObject({
      name: 'Guests',
      segmentId: other,
    });
    expect(await change(update, { id, identifiers: ['EMAIL'] })).toMatchObject({
      name: 'Guests',
      segmentId: other,
      identifiers: ['EMAIL'],
    });
  });

  it('is archived, is then neither changed nor downloaded, and comes back', async () => {
    const id = await audiences.create({ platform: 'META', segmentId });
    const archived = await change(archive, { id });
    expect(archived['archivedAt']).not.toBeNull();
    expect(await change(archive, { id })).toEqual(archived);
    expect(await failure(update, { id, name: 'x' })).toMatchObject({ code: 'CONFLICT', path: 'input.id' });
    expect((await audiences.download(`/v1/audiences/${id}/file.csv`)).status).toBe(409);
    expect((await change(unarchive, { id }))['archivedAt']).toBeNull();
    expect((await audiences.download(`/v1/audiences/${id}/file.csv`)).status).toBe(200);
  });

  it.each([' ', 'x'.repeat(201)])(
    'without a name, or with one that is too long, is refused',
    async (name) => {
      const refused = await failure(create, { name, platform: 'META', segmentId });
      expect(refused).toMatchObject({ code: 'INVALID_INPUT', path: 'input.name' });
      expect(await names({})).toEqual([]);
    },
  );

  it.each<[string, () => object, string, string]>([
    [
      'of companies for a platform that takes none',
      () => ({ platform: 'META', kind: 'COMPANIES', segmentId }),
      'INVALID_INPUT',
      'input.kind',
    ],
    [
      'with an identifier that the platform does not take',
      () => ({ platform: 'TIKTOK', segmentId, identifiers: ['EMAIL', 'NAME'] }),
      'INVALID_INPUT',
      'input.identifiers[1]',
    ],
    [
      'that would find nobody',
      () => ({ platform: 'META', segmentId, identifiers: ['NAME'] }),
      'INVALID_INPUT',
      'input.identifiers',
    ],
    [
      'of an unknown segment',
      () => ({ platform: 'META', segmentId: randomUUID() }),
      'NOT_FOUND',
      'input.segmentId',
    ],
    [
      'of what is no id',
      () => ({ platform: 'META', segmentId: 'everybody' }),
      'NOT_FOUND',
      'input.segmentId',
    ],
    [
      'for an unknown platform',
      () => ({ platform: 'MYSPACE', segmentId }),
      'INVALID_INPUT',
      'input.platform',
    ],
  ])('%s is refused, and so is its report', async (_, definition, code, path) => {
    expect(await failure(create, { name: 'x', ...definition() })).toMatchObject({ code, path });
    const report = `query ($input: AudienceReadinessInput!) { audienceReadiness(input: $input) { rows } }`;
    expect(await failure(report, { definition: definition() })).toMatchObject({
      code,
      path: path.replace('input.', 'input.definition.'),
    });
    expect(await names({})).toEqual([]);
  });
});

describe('the segment of an audience', () => {
  const archiveSegment = `mutation ($input: SegmentIdInput!) { archiveSegment(input: $input) { archivedAt } }`;

  it('shows what uses it, and is not archived while an audience does', async () => {
    const id = await audiences.create({ name: 'Visitors', platform: 'META', segmentId });
    const { workspace } = await audiences.query<{ workspace: { segment: { usedBy: object[] } } }>(
      `query ($id: ID!) { workspace { segment(id: $id) { usedBy { kind id name } } } }`,
      { id: segmentId },
    );
    expect(workspace.segment.usedBy).toEqual([{ kind: 'CUSTOM_AUDIENCE', id, name: 'Visitors' }]);
    const refused = await failure(archiveSegment, { id: segmentId });
    expect(refused).toMatchObject({ code: 'IN_USE', path: 'input.id' });
    expect(refused.message).toContain('Visitors');
    await change(archive, { id });
    await change(archiveSegment, { id: segmentId });
    expect(await failure(unarchive, { id })).toMatchObject({ code: 'CONFLICT', path: 'input.id' });
  });

  it('must be active', async () => {
    await change(archiveSegment, { id: segmentId });
    expect(await failure(create, { name: 'x', platform: 'META', segmentId })).toMatchObject({
      code: 'CONFLICT',
      path: 'input.segmentId',
    });
  });

  it('is never archived under an audience that is being created', async () => {
    for (let round = 0; round < 10; round += 1) {
      const segment = await audiences.everybody(`Round ${round}`);
      const [made, archived] = await Promise.all([
        audiences.ask(create, { input: { name: 'x', platform: 'META', segmentId: segment } }),
        audiences.ask(archiveSegment, { input: { id: segment } }),
      ]);
      expect([made.errors, archived.errors].filter(Boolean)).toHaveLength(1);
    }
  });
});

describe('the list of custom audiences', () => {
  it('is filtered by platform, kind, segment, name and whether they are archived', async () => {
    const list = await audiences.list([]);
    await audiences.create({ name: 'Alpha ÉTÉ', platform: 'META', segmentId });
    await audiences.create({ name: 'Beta', platform: 'LINKEDIN', kind: 'COMPANIES', segmentId });
    const gone = await audiences.create({ name: 'Gamma', platform: 'META', segmentId: list });
    await change(archive, { id: gone });
    expect(await names({})).toEqual(['Beta', 'Alpha ÉTÉ']);
    expect(await names({ platform: 'META' })).toEqual(['Alpha ÉTÉ']);
    expect(await names({ kind: 'COMPANIES' })).toEqual(['Beta']);
    expect(await names({ search: 'été' })).toEqual(['Alpha ÉTÉ']);
    expect(await names({ search: '%' })).toEqual([]);
    expect(await names({ archived: true, segmentId: list })).toEqual(['Gamma']);
    expect(await names({ segmentId: randomUUID() })).toEqual([]);
    expect(await names({ segmentId: 'nonsense' })).toEqual([]);
  });

  it('is paged through, the newest first, each once', async () => {
    for (let number = 0; number < 5; number += 1) {
      await audiences.create({ name: `No. ${number}`, platform: 'META', segmentId });
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: {
        workspace: {
          customAudiences: {
            edges: { node: { name: string } }[];
            pageInfo: { hasNextPage: boolean; endCursor: string };
          };
        };
      } = await audiences.query(
        `query ($after: String) { workspace { customAudiences(first: 2, after: $after) {
           edges { node { name } } pageInfo { hasNextPage endCursor }
         } } }`,
        { after },
      );
      const { edges, pageInfo } = page.workspace.customAudiences;
      seen.push(...edges.map(({ node }) => node.name));
      after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    } while (after);
    expect(seen).toEqual(['No. 4', 'No. 3', 'No. 2', 'No. 1', 'No. 0']);
    const { errors } = await audiences.ask(
      `{ workspace { customAudiences(after: "nonsense") { edges { cursor } } } }`,
    );
    expect(errors?.[0]?.extensions.code).toBe('INVALID_CURSOR');
  });
});

describe('who may', () => {
  it('another workspace sees and changes nothing: its ids answer like random ones', async () => {
    const id = await audiences.create({ platform: 'META', segmentId });
    const stranger = await openAudiences(app);
    const own = await stranger.everybody();
    for (const [text, input] of [
      [update, (of: string) => ({ id: of, name: 'Mine' })],
      [archive, (of: string) => ({ id: of })],
      [unarchive, (of: string) => ({ id: of })],
    ] as const) {
      expect(await failure(text, input(id), stranger)).toEqual(
        await failure(text, input(randomUUID()), stranger),
      );
      expect((await failure(text, input(id), stranger)).code).toBe('NOT_FOUND');
    }
    const foreign = await failure(create, { name: 'x', platform: 'META', segmentId }, stranger);
    expect(foreign).toEqual(
      await failure(create, { name: 'x', platform: 'META', segmentId: randomUUID() }, stranger),
    );
    const mine = await stranger.create({ platform: 'META', segmentId: own });
    expect(await failure(update, { id: mine, segmentId }, stranger)).toMatchObject({
      code: 'NOT_FOUND',
      path: 'input.segmentId',
    });
    expect(await names({})).toEqual(['Test']);
  });

  it('a key reads with audiences:read and changes with audiences:write', async () => {
    const id = await audiences.create({ platform: 'META', segmentId });
    const ask = async (scopes: Parameters<typeof createKey>[2], query: string, variables = {}) => {
      const key = await createKey(app, audiences.id, scopes);
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
        body: JSON.stringify({ query, variables }),
      });
      return ((await response.json()) as { errors?: { extensions: { code: string } }[] }).errors?.[0]
        ?.extensions.code;
    };
    const list = '{ workspace { customAudiences { edges { node { id } } } } }';
    const withSegment = '{ workspace { customAudiences { edges { node { segment { name } } } } } }';
    expect(await ask(['audiences:read'], list)).toBeUndefined();
    expect(await ask(['audiences:read'], withSegment)).toBe('FORBIDDEN');
    expect(await ask(['audiences:read', 'segments:read'], withSegment)).toBeUndefined();
    expect(await ask(['contacts:read', 'segments:read'], list)).toBe('FORBIDDEN');
    expect(await ask(['audiences:read'], archive, { input: { id } })).toBe('FORBIDDEN');
    // What a mutation shows is guarded like everything that is read.
    expect(await ask(['audiences:write', 'audiences:read'], archive, { input: { id } })).toBeUndefined();
  });
});

it('what each platform takes is told to everybody', async () => {
  const response = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `{ adPlatforms { platform label minimumSize maximumRows maximumBytes lists { kind identifiers matching defaultIdentifiers } } }`,
    }),
  });
  const { data } = (await response.json()) as { data: { adPlatforms: { platform: string }[] } };
  const linkedin = data.adPlatforms.find(({ platform }) => platform === 'LINKEDIN');
  expect(linkedin).toMatchObject({
    label: 'LinkedIn',
    minimumSize: 300,
    maximumRows: 300_000,
    maximumBytes: 20_000_000,
    lists: [
      {
        kind: 'CONTACTS',
        matching: [['EMAIL'], ['MOBILE_AD_ID']],
        defaultIdentifiers: ['EMAIL', 'MOBILE_AD_ID'],
      },
      { kind: 'COMPANIES', matching: [['NAME'], ['DOMAIN'], ['EMAIL_DOMAIN'], ['LINKEDIN_URL']] },
    ],
  });
});
