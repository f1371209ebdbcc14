import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/* Attributes that get another key, or become part of others: what is stored, and what comes in afterwards. */

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app, { timeZone: 'Europe/Vienna' });
});

type Subject = 'contact' | 'company';

async function define(key: string, type = 'text', subject: Subject = 'contact'): Promise<void> {
  await workspace.query(
    'mutation ($input: CreateAttributeInput!) { createAttribute(input: $input) { key } }',
    {
      input: { subject, key, type },
    },
  );
}

const renameText = `mutation ($input: RenameAttributeInput!) {
  renameAttribute(input: $input) { key label formerKeys }
}`;

async function rename(key: string, newKey: string, subject: Subject = 'contact'): Promise<void> {
  await workspace.query(renameText, { input: { subject, key, newKey } });
}

interface Counts {
  moved: number;
  equal: number;
  conflicts: number;
  overwritten: number;
}

const counts = 'moved equal conflicts overwritten';

async function merge(input: Record<string, unknown>): Promise<Counts> {
  const variables = { input: { subject: 'contact', ...input } };
  const preview = await workspace.query<{ workspace: { previewAttributeMerge: Counts } }>(
    `query ($input: MergeAttributesInput!) { workspace { previewAttributeMerge(input: $input) { ${counts} } } }`,
    variables,
  );
  const { mergeAttributes } = await workspace.query<{ mergeAttributes: Counts }>(
    `mutation ($input: MergeAttributesInput!) { mergeAttributes(input: $input) { ${counts} } }`,
    variables,
  );
  expect(mergeAttributes).toEqual(preview.workspace.previewAttributeMerge);
  return mergeAttributes;
}

/** Writes contacts, each with what it is known by first and then its attributes. */
async function write(
  ...contacts: [externalId: string, attributes: Record<string, unknown>][]
): Promise<void> {
  const { upsertContacts } = await workspace.query<{ upsertContacts: { error: unknown }[] }>(
    'mutation ($input: UpsertContactsInput!) { upsertContacts(input: $input) { error { message } } }',
    {
      input: {
        contacts: contacts.map(([externalId, attributes]) => ({
          externalId,
          attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
        })),
      },
    },
  );
  expect(upsertContacts.map(({ error }) => error)).toEqual(contacts.map(() => null));
}

/** What contacts hold for a key, by external id. */
async function values(key: string): Promise<Record<string, string>> {
  const response = await fetch(`${app.url}/v1/contacts.csv?columns=external_id,${key}`, {
    headers: { authorization: `Bearer ${workspace.key}` },
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  const rows = parse(text, { columns: true }) as Record<string, string>[];
  return Object.fromEntries(
    rows.map((row) => [row['external_id'], row[key]!]).filter(([, value]) => value !== ''),
  );
}

async function codeOf(text: string, input: object): Promise<unknown> {
  const { errors } = await workspace.ask(text, { input });
  return [errors?.[0]?.extensions.code, errors?.[0]?.extensions.path];
}

async function createSegment(name: string, text: string): Promise<string> {
  const { createSegment: made } = await workspace.query<{ createSegment: { id: string } }>(
    'mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { id } }',
    { input: { name, rule: { text } } },
  );
  return made.id;
}

interface SegmentState {
  version: number;
  text: string;
  size: { value: number };
}

async function segment(id: string): Promise<SegmentState> {
  const answer = await workspace.query<{ workspace: { segment: SegmentState } }>(
    'query ($id: ID!) { workspace { segment(id: $id) { version text size { value } } } }',
    { id },
  );
  return answer.workspace.segment;
}

async function importFile(csv: string, query: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${app.url}/v1/imports?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: csv,
  });
  const { id } = (await response.json()) as { id: string };
  expect(response.status).toBe(202);
  await importEnded(id);
  return id;
}

async function importEnded(id: string): Promise<void> {
  for (;;) {
    const answer = await workspace.query<{
      workspace: { import: { state: string; undo: { state: string } | null } };
    }>('query ($id: ID!) { workspace { import(id: $id) { state undo { state } } } }', { id });
    const { state, undo } = answer.workspace.import;
    const open = [state, undo?.state].some((each) => each === 'queued' || each === 'running');
    if (!open) return expect([state, undo?.state ?? 'succeeded']).toEqual(['succeeded', 'succeeded']);
    await sleep(20);
  }
}

async function undoImport(id: string): Promise<void> {
  await workspace.query('mutation ($id: ID!) { undoImport(id: $id) { id } }', { id });
  await importEnded(id);
}

describe('a renamed attribute', () => {
  it('keeps its values, with since when they hold', async () => {
    await define('color');
    await write(['a', { color: 'Red' }], ['b', { color: 'blue' }]);
    const { rows: before } = await app.database.owner.query(
      'select ordinal, text, folded, since from contact_attributes where workspace_id = $1 and key = $2 order by 1',
      [workspace.id, 'color'],
    );
    await rename('color', 'favourite_color');
    const { rows: after } = await app.database.owner.query(
      'select ordinal, text, folded, since from contact_attributes where workspace_id = $1 and key = $2 order by 1',
      [workspace.id, 'favourite_color'],
    );
    expect(after).toEqual(before);
    expect(after).toHaveLength(2);
    expect(await values('favourite_color')).toEqual({ a: 'Red', b: 'blue' });
  });

  it('still takes what comes in under its former keys: by the API, the tracking API, files and rules', async () => {
    await define('color');
    await rename('color', 'colour');
    await rename('colour', 'shade');
    await write(['a', { color: 'red' }], ['b', { colour: 'blue', shade: 'green' }]);
    const identified = await fetch(`${app.url}/v1/identify`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ userId: 'c', traits: { color: 'pink' } }),
    });
    expect(identified.status).toBe(200);
    await importFile('Record ID,Color\nd,black\n');
    await importFile('Record ID,Tint\ne,white\n', { mapping: '{"Tint": "colour"}' });
    expect(await values('shade')).toEqual({ a: 'red', b: 'green', c: 'pink', d: 'black', e: 'white' });
    const { rows } = await app.database.owner.query(
      'select distinct key from contact_attributes where workspace_id = $1 order by key',
      [workspace.id],
    );
    expect(rows).toEqual([{ key: 'external_id' }, { key: 'shade' }]);
    const id = await createSegment('Reds', 'color = "red"');
    expect(await segment(id)).toMatchObject({ text: 'shade is "red"', size: { value: 1 } });
  });

  it('takes the rules of segments along, each in a new version, and old versions can be restored', async () => {
    await define('color');
    await define('other');
    await write(['a', { color: 'red' }], ['b', { color: 'blue' }]);
    const named = await createSegment(
      'Reds',
      'not (color = "blue" or color exists held for at least 3 days)',
    );
    const within = await createSegment('Other', 'other exists');
    await rename('color', 'colour');
    expect(await segment(named)).toEqual({
      version: 2,
      text: 'not (colour is "blue" or colour exists held for at least 3 days)',
      size: { value: 1 },
    });
    expect(await segment(within)).toMatchObject({ version: 1 });
    await workspace.query(
      `mutation ($id: ID!) { restoreSegmentVersion(input: { id: $id, version: 1, expectedVersion: 2 }) { id } }`,
      { id: named },
    );
    expect(await segment(named)).toMatchObject({
      version: 2,
      text: expect.stringContaining('colour'),
    });
  });

  it('takes forms, saved mappings and what can be undone of imports along', async () => {
    await define('color');
    const { createForm } = await workspace.query<{ createForm: { id: string } }>(
      'mutation ($input: CreateFormInput!) { createForm(input: $input) { id } }',
      {
        input: {
          name: 'Form',
          fields: [
            { name: 'mail', attribute: 'email' },
            { name: 'c', attribute: 'color' },
          ],
        },
      },
    );
    await write(['a', { color: 'red' }]);
    const job = await importFile('Record ID,Tint\na,white\n', { mapping: '{"Tint": "color"}' });
    await rename('color', 'colour');
    const form = await workspace.query(
      'query ($id: ID!) { workspace { form(id: $id) { fields { name attribute } } } }',
      { id: createForm.id },
    );
    expect(form).toMatchObject({
      workspace: { form: { fields: [{ attribute: 'email' }, { name: 'c', attribute: 'colour' }] } },
    });
    const saved = await workspace.query(
      '{ workspace { importMappings { edges { node { columns { header target } } } } } }',
    );
    expect(JSON.stringify(saved)).toContain('"target":"colour"');
    expect(await values('colour')).toEqual({ a: 'white' });
    await undoImport(job);
    expect(await values('colour')).toEqual({ a: 'red' });
  });

  it('is that of companies as well, with their rules', async () => {
    await define('tier', 'text', 'company');
    const company = (attributes: object[]): Record<string, unknown> => ({
      input: { companies: [{ name: 'Acme', attributes }] },
    });
    const upsert =
      'mutation ($input: UpsertCompaniesInput!) { upsertCompanies(input: $input) { error { message } } }';
    await workspace.query(upsert, company([{ key: 'tier', value: 'gold' }]));
    await workspace.query(
      `mutation { upsertContact(input: { externalId: "a", company: { name: "Acme" } }) { error { message } } }`,
    );
    const id = await createSegment('Gold', 'company.tier = "gold"');
    await rename('tier', 'rank', 'company');
    expect(await segment(id)).toMatchObject({
      version: 2,
      text: 'company.rank is "gold"',
      size: { value: 1 },
    });
    expect(await values('company.rank')).toEqual({ a: 'gold' });
    await workspace.query(upsert, company([{ key: 'tier', value: 'silver' }]));
    expect(await values('company.rank')).toEqual({ a: 'silver' });
  });

  it('may be called by its former key again, and tells what it was called', async () => {
    await define('color');
    await rename('color', 'colour');
    const back = await workspace.query(renameText, {
      input: { subject: 'contact', key: 'colour', newKey: 'color', label: 'The colour' },
    });
    expect(back).toEqual({ renameAttribute: { key: 'color', label: 'The colour', formerKeys: ['colour'] } });
    const listed = await workspace.query<{ workspace: { attributes: { key: string }[] } }>(
      '{ workspace { attributes(subject: contact) { key formerKeys } } }',
    );
    expect(listed.workspace.attributes).toContainEqual({ key: 'color', formerKeys: ['colour'] });
    await write(['a', { colour: 'red' }]);
    expect(await values('color')).toEqual({ a: 'red' });
  });

  it('is refused for a standard attribute, a bad key, and a key that is or was another attribute’s', async () => {
    await define('one');
    await define('two');
    await rename('two', 'three');
    const refusal = (key: string, newKey: string): Promise<unknown> =>
      codeOf(renameText, { subject: 'contact', key, newKey });
    expect(await refusal('city', 'town')).toEqual(['INVALID_INPUT', 'input.key']);
    expect(await refusal('nothing', 'town')).toEqual(['NOT_FOUND', 'input.key']);
    expect(await refusal('one', 'Not a key')).toEqual(['INVALID_INPUT', 'input.newKey']);
    expect(await refusal('one', 'three')).toEqual(['CONFLICT', 'input.newKey']);
    expect(await refusal('one', 'city')).toEqual(['CONFLICT', 'input.newKey']);
    expect(await refusal('one', 'two')).toEqual(['CONFLICT', 'input.newKey']);
    const create = 'mutation ($input: CreateAttributeInput!) { createAttribute(input: $input) { key } }';
    expect(await codeOf(create, { subject: 'contact', key: 'two', type: 'text' })).toEqual([
      'CONFLICT',
      'input.key',
    ]);
  });

  it('loses nothing that is written at the same time', async () => {
    await define('k0', 'number');
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 0; turn < 15; turn += 1) {
        await write([`w${writer}-${turn}`, { k0: turn }]);
      }
    });
    for (let turn = 0; turn < 6; turn += 1) await rename(`k${turn}`, `k${turn + 1}`);
    await Promise.all(writers);
    expect(Object.keys(await values('k6'))).toHaveLength(60);
  });
});

describe('two attributes that become one', () => {
  const first = 'mutation ($input: MergeAttributesInput!) { mergeAttributes(input: $input) { moved } }';

  it.each([
    ['NEWEST', { a: 'new', b: 'later', c: 'same', d: 'only from', e: 'only into' }, 1],
    ['FROM', { a: 'new', b: 'earlier', c: 'same', d: 'only from', e: 'only into' }, 2],
    ['INTO', { a: 'old', b: 'later', c: 'same', d: 'only from', e: 'only into' }, 0],
  ])('have, where %s is preferred, these values', async (prefer, expected, overwritten) => {
    await define('town');
    await write(['a', { city: 'old' }], ['b', { town: 'earlier' }], ['c', { town: 'same', city: 'same' }]);
    await write(
      ['a', { town: 'new' }],
      ['b', { city: 'later' }],
      ['d', { town: 'only from' }],
      ['e', { city: 'only into' }],
    );
    const done = await merge({ from: 'town', into: 'city', prefer });
    expect(done).toEqual({ moved: 1, equal: 1, conflicts: 2, overwritten });
    expect(await values('city')).toEqual(expected);
    await write(['f', { town: 'through the former key' }]);
    expect(await values('city')).toMatchObject({ f: 'through the former key' });
  });

  it('move numbers, flags, dates and texts into what holds them without loss, and nothing else', async () => {
    await define('as_text');
    await define('as_list', 'text_list');
    for (const [key, type] of [
      ['n', 'number'],
      ['f', 'boolean'],
      ['d', 'date'],
      ['t', 'text'],
    ] as const)
      await define(key, type);
    await write(
      ['n', { n: 1200.5 }],
      ['f', { f: true }],
      ['d', { d: '2026-03-01T09:30:00Z' }],
      ['t', { t: 'One;two' }],
    );
    await define('number_2', 'number');
    expect(await codeOf(first, { subject: 'contact', from: 't', into: 'number_2' })).toEqual([
      'INVALID_INPUT',
      'input.into',
    ]);
    for (const from of ['n', 'f', 'd']) await merge({ from, into: 'as_text' });
    await merge({ from: 't', into: 'as_list' });
    expect(await values('as_text')).toEqual({ n: '1200.5', f: 'true', d: '2026-03-01T09:30:00.000Z' });
    const id = await createSegment('List', 'as_list includes any of ("one;TWO")');
    expect(await segment(id)).toMatchObject({ size: { value: 1 } });
    const folded = await createSegment('Folded', 'as_text = "2026-03-01t09:30:00.000z"');
    expect(await segment(folded)).toMatchObject({ size: { value: 1 } });
  });

  it('are one in rules, unless one asks what the other type does not have', async () => {
    await define('score', 'number');
    await define('rating', 'number');
    await define('note');
    await write(['a', { score: 5 }], ['b', { rating: 7 }]);
    const id = await createSegment('High', 'score > 3');
    expect(await codeOf(first, { subject: 'contact', from: 'score', into: 'note' })).toEqual([
      'IN_USE',
      'input.into',
    ]);
    expect(await values('score')).toEqual({ a: '5' });
    await merge({ from: 'score', into: 'rating' });
    expect(await segment(id)).toMatchObject({ version: 2, text: 'rating > 3', size: { value: 2 } });
  });

  it('are one for an undo of a contact merge, and an import’s values of the first one stay', async () => {
    await define('town');
    await write(['winner', { city: 'Graz' }], ['loser', { town: 'Wien' }]);
    const { workspace: found } = await workspace.query<{ workspace: Record<string, { id: string }> }>(
      '{ workspace { w: contact(by: { externalId: "winner" }) { id } l: contact(by: { externalId: "loser" }) { id } } }',
    );
    const { mergeContacts } = await workspace.query<{ mergeContacts: { id: string } }>(
      `mutation ($winnerId: ID!, $loserId: ID!) {
         mergeContacts(input: { winnerId: $winnerId, loserId: $loserId }) { id }
       }`,
      { winnerId: found['w']!.id, loserId: found['l']!.id },
    );
    const job = await importFile('Record ID,Town\nx,Linz\nwinner,Bern\n');
    await write(['x', {}]);
    await merge({ from: 'town', into: 'city', prefer: 'INTO' });
    await workspace.query('mutation ($id: ID!) { undoContactMerge(mergeId: $id) { mergeId: id } }', {
      id: mergeContacts.id,
    });
    expect(await values('city')).toMatchObject({ winner: 'Graz', loser: 'Wien' });
    await undoImport(job);
    expect(await values('city')).toMatchObject({ winner: 'Graz', loser: 'Wien' });
  });

  it('are refused when they are one already, standard, set otherwise, or put aside', async () => {
    await define('town');
    await define('old');
    await workspace.query('mutation { archiveAttribute(input: { subject: contact, key: "old" }) { key } }');
    const refusal = (from: string, into: string): Promise<unknown> =>
      codeOf(first, { subject: 'contact', from, into });
    expect(await refusal('town', 'town')).toEqual(['INVALID_INPUT', 'input.into']);
    expect(await refusal('city', 'town')).toEqual(['INVALID_INPUT', 'input.from']);
    expect(await refusal('nothing', 'town')).toEqual(['NOT_FOUND', 'input.from']);
    expect(await refusal('town', 'nothing')).toEqual(['NOT_FOUND', 'input.into']);
    expect(await refusal('town', 'email')).toEqual(['INVALID_INPUT', 'input.into']);
    expect(await refusal('town', 'old')).toEqual(['CONFLICT', 'input.into']);
  });
});
