import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { Person } from '../support/person.js';
import {
  metaDestination,
  openBlueprints,
  type Blueprints,
  type Client,
  type Part,
} from './open-blueprints.js';

let app: TestApp;
let agency: Blueprints;
let source: Client;

beforeAll(async () => {
  app = await startTestApp({ privateNetworks: ['127.0.0.0/8'] }, { part: 'http' });
});
afterAll(() => app?.close());
beforeEach(async () => {
  agency = await openBlueprints(app, `ines-${randomUUID()}@brightside.example`);
  source = await agency.newClient('Northwind Analytics');
});

const pricing = 'event "page_viewed" on "/pricing" in last 30 days';

/** A segment on another, an audience of it, and an automation with a list: what an agency does for everybody. */
async function setUp(client: Client): Promise<{ ids: Record<string, string>; blueprintId: string }> {
  await client.attribute('tariff');
  const warm = await client.segment('Warm', `${pricing} and attribute tariff = "gold"`);
  const hot = await client.segment('Hot', `segment "${warm}" and attribute lead_score >= 80`);
  const called = await client.list('To be called');
  const destination = await client.destination('Meta account', metaDestination);
  const audience = await client.audience({ name: 'Hot on Meta', platform: 'META', segmentId: hot });
  await client.change('setAudienceDestination', 'SetAudienceDestinationInput', {
    id: audience,
    destinationId: destination,
    schedule: 'DAILY',
    dailyHour: 6,
  });
  const automation = await client.automation({
    name: 'Call the hot ones',
    segmentId: hot,
    actions: [
      { followUp: { note: 'They looked at /pricing: call them.', dueInDays: 2 } },
      { list: { segmentId: called, change: 'ADD' } },
    ],
    guards: { once: true, holdOut: 10 },
  });
  const { id } = await agency.create({
    name: 'Warm leads',
    content: {
      source: {
        workspaceId: client.id,
        audienceIds: [audience],
        automationIds: [automation],
        parameters: [
          { key: 'pricing_page', label: 'The page with prices', value: '/pricing' },
          { key: 'score', label: 'Score of a hot lead', value: 80 },
        ],
      },
    },
  });
  return { ids: { warm, hot, called, destination, audience, automation }, blueprintId: id };
}

const outcomes = (parts: readonly Part[]): Record<string, string> =>
  Object.fromEntries(parts.map(({ name, outcome }) => [name, outcome!]));

/** A client that has everything which the blueprint asks for, and the target for it. */
async function readyClient(name: string): Promise<{ client: Client; target: object; destination: string }> {
  const client = await agency.newClient(name);
  await client.attribute('tariff');
  const destination = await client.destination('Their account', metaDestination);
  const parameters = [
    { key: 'meta_account', value: destination },
    { key: 'pricing_page', value: '/plans' },
    { key: 'score', value: 60 },
  ];
  return { client, target: { workspaceId: client.id, parameters }, destination };
}

describe('what a blueprint is made of', () => {
  it('takes along what its parts name, and makes parameters of destinations and of chosen values', async () => {
    const { blueprintId } = await setUp(source);
    const document = await agency.document(blueprintId);
    expect(document.segments.map(({ key }) => key)).toEqual(['warm', 'hot', 'to_be_called']);
    expect(document.parameters).toMatchObject([
      { key: 'meta_account', type: 'destination', kind: 'meta' },
      { key: 'pricing_page', type: 'text', default: '/pricing' },
      { key: 'score', type: 'number', default: 80 },
    ]);
    expect(document.parameters[0]).not.toHaveProperty('default');
    expect(document.attributes).toEqual([
      { subject: 'contact', key: 'tariff', type: 'text', label: 'Tariff' },
    ]);
    expect(document.audiences).toMatchObject([
      { key: 'hot_on_meta', segment: '[[segment.hot]]', destination: '[[meta_account]]', dailyHour: 6 },
    ]);
    const [automation] = document.automations;
    expect(automation).toMatchObject({
      segment: '[[segment.hot]]',
      actions: [
        { kind: 'followUp', note: 'They looked at [[pricing_page]]: call them.' },
        { kind: 'list', segmentId: '[[segment.to_be_called]]', change: 'add' },
      ],
    });
  });

  it('names no id of the workspace that it came from', async () => {
    const { ids, blueprintId } = await setUp(source);
    const text = JSON.stringify(await agency.document(blueprintId));
    for (const id of [...Object.values(ids), source.id]) expect(text).not.toContain(id);
  });

  it('can be a document of another agency', async () => {
    const { blueprintId } = await setUp(source);
    const document = await agency.document(blueprintId);
    const other = await openBlueprints(app, `paul-${randomUUID()}@other.example`);
    const { id } = await other.create({ name: 'Copied', content: { document: JSON.stringify(document) } });
    expect(await other.document(id)).toEqual(document);
  });

  const bare = { format: 'coterie.blueprint/1' };
  it.each([
    ['no JSON', '{', 'input.content.document'],
    ['another form', '{"format":"coterie.blueprint/9"}', 'input.content.document.format'],
    [
      'a placeholder that nothing fills',
      JSON.stringify({ ...bare, segments: [{ key: 'a', name: 'A', rule: { segment: '[[segment.b]]' } }] }),
      'input.content.document.segments[0].rule.segment',
    ],
    [
      'two parts of one key',
      JSON.stringify({
        ...bare,
        segments: [
          { key: 'a', name: 'A', rule: null },
          { key: 'a', name: 'B', rule: null },
        ],
      }),
      'input.content.document.segments[1].key',
    ],
    [
      'segments in a circle',
      JSON.stringify({
        ...bare,
        segments: [
          { key: 'a', name: 'A', rule: { segment: '[[segment.b]]' } },
          { key: 'b', name: 'B', rule: { segment: '[[segment.a]]' } },
        ],
      }),
      'input.content.document.segments[0]',
    ],
  ])('is refused with %s, at the place', async (_, document, path) => {
    const { errors } = await agency.owner.ask(
      `mutation ($organizationId: ID!, $input: CreateBlueprintInput!) {
         createBlueprint(organizationId: $organizationId, input: $input) { id } }`,
      { organizationId: agency.organizationId, input: { name: 'Bad', content: { document } } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'INVALID_INPUT', path });
  });
});

describe('a new version of a blueprint', () => {
  it('keeps the keys of what it had, whatever that is called by now', async () => {
    const { ids, blueprintId } = await setUp(source);
    const target = {
      workspaceId: source.id,
      parameters: [{ key: 'meta_account', value: ids['destination'] }],
    };
    await agency.apply({ id: blueprintId, targets: [target], adopt: true });
    for (const [key, name] of Object.entries({ warm: 'Тёплые', called: 'Позвонить' }))
      await source.change('updateSegment', 'UpdateSegmentInput', {
        id: ids[key],
        expectedVersion: (await source.shown()).segments.find(({ id }) => id === ids[key])!.version,
        name,
      });
    const content = { source: { workspaceId: source.id, automationIds: [ids['automation']] } };
    await agency.addVersion({ id: blueprintId, expectedVersion: 1, content });
    const document = await agency.document(blueprintId);
    expect(document.segments.map(({ key }) => key).toSorted()).toEqual(['hot', 'to_be_called', 'warm']);
  });

  it('is nothing that a guest of one client sees: what was captured is of another', async () => {
    const { blueprintId } = await setUp(source);
    const client = await agency.newClient('Harbor & Pine');
    const { inviteMember } = await agency.owner.query<{ inviteMember: { token: string } }>(
      `mutation ($organizationId: ID!, $input: InviteMemberInput!) {
         inviteMember(organizationId: $organizationId, input: $input) { token } }`,
      {
        organizationId: agency.organizationId,
        input: {
          email: `guest-${randomUUID()}@harbor.example`,
          workspaces: [{ workspaceId: client.id, role: 'EDITOR' }],
        },
      },
    );
    const guest = new Person(app.url);
    await guest.query(
      'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { user { id } } }',
      { input: { token: inviteMember.token, name: 'Noor Haddad', password: 'correct horse battery' } },
    );
    for (const field of [
      `blueprint(id: "${blueprintId}") { name }`,
      'blueprints { edges { node { name } } }',
    ]) {
      const query = `query ($of: ID!) { organization(id: $of) { ${field} } }`;
      expect(await guest.codeOf(query, { of: agency.organizationId }), field).toBe('FORBIDDEN');
    }
  });
});

describe('applying a blueprint', () => {
  it('sets up many workspaces, each with its own parameters', async () => {
    const { blueprintId } = await setUp(source);
    const [one, two] = [await readyClient('Harbor & Pine'), await readyClient('Lumen Dental')];
    const results = await agency.apply({ id: blueprintId, targets: [one.target, two.target] });
    expect(results.map(({ ok, problems }) => ({ ok, problems }))).toEqual([
      { ok: true, problems: [] },
      { ok: true, problems: [] },
    ]);
    for (const { client, destination } of [one, two]) {
      const { segments, audiences, automations } = await client.shown();
      const warm = segments.find(({ name }) => name === 'Warm')!;
      expect(warm.text).toContain('"/plans"');
      expect(segments.find(({ name }) => name === 'Hot')?.text).toContain(warm.id);
      expect(segments.find(({ name }) => name === 'Hot')?.text).toContain('60');
      expect(audiences).toMatchObject([{ name: 'Hot on Meta', destination }]);
      expect(automations).toMatchObject([{ name: 'Call the hot ones', status: 'DRAFT' }]);
      expect(automations[0]?.actions).toContain('They looked at /plans');
    }
  });

  it('names every attribute and parameter that is lacking, and makes nothing; or makes the attributes', async () => {
    const { blueprintId } = await setUp(source);
    const client = await agency.newClient('Acme Robotics');
    const target = { workspaceId: client.id, parameters: [] };
    const [lacking] = await agency.apply({ id: blueprintId, targets: [target] });
    expect(lacking).toMatchObject({
      ok: false,
      problems: [{ code: 'CONFLICT', path: 'document.attributes[0]' }],
      parts: [],
    });
    expect(lacking!.problems[0]!.message).toContain('tariff');
    const [without] = await agency.apply({ id: blueprintId, targets: [target], defineAttributes: true });
    expect(without).toMatchObject({
      ok: false,
      problems: [{ code: 'INVALID_INPUT', path: 'parameters.meta_account' }],
    });
    expect((await client.shown()).segments).toEqual([]);
    const destination = await client.destination('Theirs', metaDestination);
    const parameters = [{ key: 'meta_account', value: destination }];
    const [done] = await agency.apply({
      id: blueprintId,
      targets: [{ workspaceId: client.id, parameters }],
      defineAttributes: true,
    });
    expect(done).toMatchObject({ ok: true, definedAttributes: [{ key: 'tariff' }] });
  });

  it('refuses an attribute of another type, and a destination of another kind', async () => {
    const { blueprintId } = await setUp(source);
    const client = await agency.newClient('Acme Robotics');
    await client.attribute('tariff', 'number');
    const target = { workspaceId: client.id, parameters: [] };
    const [typed] = await agency.apply({ id: blueprintId, targets: [target], defineAttributes: true });
    expect(typed!.problems[0]!.message).toContain('of the type number');
    const { client: other, target: ready } = await readyClient('Lumen Dental');
    const tiktok = await other.destination('TikTok', {
      tiktok: { advertiserId: '7', accessToken: 'an-access-token' },
    });
    const [kind] = await agency.apply({
      id: blueprintId,
      targets: [{ ...ready, parameters: [{ key: 'meta_account', value: tiktok }] }],
    });
    expect(kind!.problems[0]).toMatchObject({ path: 'parameters.meta_account' });
  });

  it('says in a dry run what would become of each part, and leaves nothing', async () => {
    const { blueprintId } = await setUp(source);
    const { client, target } = await readyClient('Harbor & Pine');
    const [dry] = await agency.apply({ id: blueprintId, targets: [target], dryRun: true });
    expect(outcomes(dry!.parts)).toEqual({
      Warm: 'CREATED',
      Hot: 'CREATED',
      'To be called': 'CREATED',
      'Hot on Meta': 'CREATED',
      'Call the hot ones': 'CREATED',
    });
    expect(await client.shown()).toEqual({ segments: [], audiences: [], automations: [] });
    expect(await client.applied()).toEqual([]);
  });

  it('does not touch what has the name of a part, or takes it over when told to', async () => {
    const { blueprintId } = await setUp(source);
    const { client, target } = await readyClient('Harbor & Pine');
    const own = await client.segment('Warm', 'attribute tariff = "silver"');
    const [refused] = await agency.apply({ id: blueprintId, targets: [target] });
    expect(refused).toMatchObject({
      ok: false,
      problems: [{ code: 'CONFLICT', path: 'document.segments[0]' }],
    });
    expect((await client.shown()).segments).toHaveLength(1);
    const [taken] = await agency.apply({ id: blueprintId, targets: [target], adopt: true });
    expect(outcomes(taken!.parts)).toMatchObject({ Warm: 'ADOPTED', Hot: 'CREATED' });
    const warm = (await client.shown()).segments.find(({ id }) => id === own);
    expect(warm).toMatchObject({ name: 'Warm', version: 2 });
    expect(warm?.text).toContain('/plans');
  });

  it('does to one workspace what another cannot have, and begins automations when told to', async () => {
    const { blueprintId } = await setUp(source);
    const { client, target } = await readyClient('Harbor & Pine');
    const stranger = { workspaceId: randomUUID(), parameters: [] };
    const results = await agency.apply({ id: blueprintId, targets: [stranger, target], activate: true });
    expect(results.map(({ ok }) => ok)).toEqual([false, true]);
    expect(results[0]!.problems).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await client.shown()).automations).toMatchObject([{ status: 'ACTIVE' }]);
  });
});

describe('a workspace that follows a blueprint', () => {
  async function follow(): Promise<{ blueprintId: string; client: Client }> {
    const { blueprintId } = await setUp(source);
    const { client, target } = await readyClient('Harbor & Pine');
    await agency.apply({ id: blueprintId, targets: [target] });
    return { blueprintId, client };
  }

  /** A second version: another rule for one part, one part less, one more. */
  async function second(blueprintId: string): Promise<void> {
    const document = await agency.document(blueprintId, 1);
    const segments = document.segments.map((segment) =>
      segment['key'] === 'warm' ? { ...segment, description: 'Looked at prices.' } : segment,
    );
    const added = { key: 'cold', name: 'Cold', rule: { not: { segment: '[[segment.warm]]' } } };
    const next = { ...document, segments: [...segments, added], audiences: [] };
    await agency.addVersion({
      id: blueprintId,
      expectedVersion: 1,
      note: 'No audience any more.',
      content: { document: JSON.stringify(next) },
    });
  }

  it('is upgraded in one step, with the parameters that it has', async () => {
    const { blueprintId, client } = await follow();
    await second(blueprintId);
    expect(await client.applied()).toMatchObject([{ name: 'Warm leads', version: 1, latestVersion: 2 }]);
    const results = await agency.apply({ id: blueprintId });
    expect(results.map(({ workspaceId, ok }) => ({ workspaceId, ok }))).toEqual([
      { workspaceId: client.id, ok: true },
    ]);
    expect(outcomes(results[0]!.parts)).toEqual({
      Warm: 'CHANGED',
      Hot: 'UNCHANGED',
      'To be called': 'UNCHANGED',
      Cold: 'CREATED',
      'Call the hot ones': 'UNCHANGED',
      'Hot on Meta': 'ARCHIVED',
    });
    const { segments, audiences } = await client.shown();
    expect(segments.find(({ name }) => name === 'Warm')?.text).toContain('/plans');
    expect(audiences).toEqual([]);
    expect(await agency.apply({ id: blueprintId })).toEqual([]);
  });

  it('shows what was changed by hand, and is then not upgraded unless told what becomes of that', async () => {
    const { blueprintId, client } = await follow();
    await second(blueprintId);
    const warm = (await client.shown()).segments.find(({ name }) => name === 'Warm')!;
    await client.change('updateSegment', 'UpdateSegmentInput', {
      id: warm.id,
      expectedVersion: 1,
      rule: { text: 'attribute tariff = "silver"' },
    });
    const [applied] = await client.applied();
    expect(applied!.parts.filter(({ state }) => state !== 'IN_STEP')).toMatchObject([
      { name: 'Warm', state: 'CHANGED', fields: ['rule'] },
    ]);
    const [refused] = await agency.apply({ id: blueprintId });
    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'CONFLICT', path: 'segment.warm' }] });
    expect((await client.shown()).audiences).toHaveLength(1);

    const [kept] = await agency.apply({ id: blueprintId, onDrift: 'KEEP' });
    expect(outcomes(kept!.parts)).toMatchObject({ Warm: 'KEPT', Cold: 'CREATED', 'Hot on Meta': 'ARCHIVED' });
    const target = { workspaceId: client.id, parameters: [] };
    const [over] = await agency.apply({ id: blueprintId, targets: [target], onDrift: 'OVERWRITE' });
    expect(outcomes(over!.parts)).toMatchObject({ Warm: 'CHANGED', Cold: 'UNCHANGED' });
    expect((await client.applied())[0]!.parts.every(({ state }) => state === 'IN_STEP')).toBe(true);
  });

  it('gets back what was put aside when it is overwritten', async () => {
    const { blueprintId, client } = await follow();
    const { automations } = await client.shown();
    await client.change('archiveAutomation', 'AutomationIdInput', { id: automations[0]!.id });
    expect((await client.applied())[0]!.parts).toContainEqual(
      expect.objectContaining({ name: 'Call the hot ones', state: 'ARCHIVED' }),
    );
    const target = { workspaceId: client.id, parameters: [] };
    const [result] = await agency.apply({ id: blueprintId, targets: [target], onDrift: 'OVERWRITE' });
    expect(outcomes(result!.parts)).toMatchObject({ 'Call the hot ones': 'CREATED' });
  });

  it('keeps what the blueprint has no more where that is in use, and says why', async () => {
    const { blueprintId, client } = await follow();
    const called = (await client.shown()).segments.find(({ name }) => name === 'To be called')!;
    await client.segment('Called, warm', `list "${called.id}"`);
    const document = await agency.document(blueprintId);
    const next = { ...document, segments: document.segments.slice(0, 2), automations: [] };
    await agency.addVersion({
      id: blueprintId,
      expectedVersion: 1,
      content: { document: JSON.stringify(next) },
    });
    const [result] = await agency.apply({ id: blueprintId });
    const released = result!.parts.find(({ name }) => name === 'To be called');
    expect(released).toMatchObject({ outcome: 'RELEASED' });
    expect(released!.detail).toContain('Called, warm');
  });

  it('can be let go: what was made stays, and is its own', async () => {
    const { blueprintId, client } = await follow();
    const { detachBlueprint } = await agency.owner.query<{ detachBlueprint: string[] }>(
      `mutation ($organizationId: ID!, $input: DetachBlueprintInput!) {
         detachBlueprint(organizationId: $organizationId, input: $input) }`,
      {
        organizationId: agency.organizationId,
        input: { id: blueprintId, workspaceIds: [client.id, source.id] },
      },
    );
    expect(detachBlueprint).toEqual([client.id]);
    expect(await client.applied()).toEqual([]);
    expect((await client.shown()).segments).toHaveLength(3);
  });

  it('is seen from the blueprint, beside those that do not follow it', async () => {
    const { blueprintId, client } = await follow();
    const { organization } = await agency.owner.query<{
      organization: {
        blueprint: {
          workspaces: { edges: { node: { workspace: { id: string }; applied: object | null } }[] };
        };
      };
    }>(
      `query ($organizationId: ID!, $id: ID!) { organization(id: $organizationId) { blueprint(id: $id) {
         workspaces(first: 100) { edges { node { workspace { id } applied { version } } } } } } }`,
      { organizationId: agency.organizationId, id: blueprintId },
    );
    const found = new Map(
      organization.blueprint.workspaces.edges.map(({ node }) => [node.workspace.id, node.applied]),
    );
    expect(found.get(client.id)).toEqual({ version: 1 });
    expect(found.get(source.id)).toBeNull();
  });

  it('is not upgraded to a version that somebody else made meanwhile, unknown to who made the next', async () => {
    const { blueprintId } = await follow();
    await second(blueprintId);
    await expect(second(blueprintId)).rejects.toThrow(/version 2 by now/);
  });
});
