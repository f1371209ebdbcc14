import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/* What can be done before and after an import: a dry run, a mapping that is kept, and taking it back. */

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

interface Undo {
  state: string;
  contactsDeleted: number;
  contactsKept: number;
  changesUndone: number;
  changesKept: number;
}

interface Import {
  id: string;
  state: string;
  dryRun: boolean;
  progress: Record<string, number>;
  columns: { header: string; target: string | null; foundBy: string | null; dateFormat: string | null }[];
  rejectedRows: { edges: { node: { line: number; path: string } }[] };
  undoableUntil: string | null;
  undo: Undo | null;
  notUndone: { edges: { node: { contactId: string; kind: string; key: string; reason: string } }[] };
}

const fields = `id state dryRun progress { rowsTotal rowsRead created updated unchanged rejected }
  columns { header target foundBy dateFormat } rejectedRows(first: 100) { edges { node { line path } } }
  undoableUntil undo { state contactsDeleted contactsKept changesUndone changesKept }
  notUndone(first: 100) { edges { node { contactId kind key reason } } }`;

async function upload(csv: string, query: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${app.url}/v1/imports?${new URLSearchParams(query)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: csv,
  });
  const body = (await response.json()) as { id: string };
  expect(response.status, JSON.stringify(body)).toBe(202);
  return body.id;
}

/** Waits until an import has ended, and the undoing of it, if there is one. */
async function ended(id: string): Promise<Import> {
  for (;;) {
    const data = await workspace.query<{ workspace: { import: Import } }>(
      `query ($id: ID!) { workspace { import(id: $id) { ${fields} } } }`,
      { id },
    );
    const found = data.workspace.import;
    const goesOn = [found.state, found.undo?.state].some(
      (state) => state === 'queued' || state === 'running',
    );
    if (!goesOn) return found;
    await sleep(20);
  }
}

async function importFile(csv: string, query: Record<string, string> = {}): Promise<Import> {
  return ended(await upload(csv, query));
}

async function undo(id: string): Promise<Import> {
  await workspace.query('mutation ($id: ID!) { undoImport(id: $id) { id } }', { id });
  return ended(id);
}

/** Everything that is known of the contacts. */
async function everybody(columns = ''): Promise<Record<string, string>[]> {
  const response = await fetch(`${app.url}/v1/contacts.csv${columns && `?columns=${columns}`}`, {
    headers: { authorization: `Bearer ${workspace.key}` },
  });
  const rows = parse(await response.text(), { columns: true }) as Record<string, string>[];
  return rows.map(({ 'coterie.updated_at': _updated, ...row }) => row);
}

async function set(contact: object): Promise<void> {
  await workspace.query(
    'mutation ($input: ContactInput!) { upsertContact(input: $input) { contact { id } } }',
    {
      input: contact,
    },
  );
}

describe('a dry run', () => {
  it('tells what would become of each row, and stores nothing of it', async () => {
    await importFile('Email,City\na@example.com,Graz\nb@example.com,Linz\n');
    const before = await everybody();
    const csv =
      'Email,City,First name\na@example.com,Graz,\nb@example.com,Wien,\nc@example.com,Wien,\nnonsense,Wien,\n';
    const dry = await importFile(csv, { dryRun: 'true' });
    expect(dry).toMatchObject({
      state: 'succeeded',
      dryRun: true,
      undoableUntil: null,
      progress: { rowsTotal: 4, rowsRead: 4, created: 1, updated: 1, unchanged: 1, rejected: 1 },
    });
    expect(dry.rejectedRows.edges.map(({ node }) => [node.line, node.path])).toEqual([[5, 'Email']]);
    expect(await everybody()).toEqual(before);
    const { runImport } = await workspace.query<{ runImport: { id: string } }>(
      'mutation ($id: ID!) { runImport(id: $id) { id } }',
      { id: dry.id },
    );
    expect((await ended(runImport.id)).progress).toEqual(dry.progress);
    expect(await everybody('email,city')).toEqual([
      { email: 'a@example.com', city: 'Graz' },
      { email: 'b@example.com', city: 'Wien' },
      { email: 'c@example.com', city: 'Wien' },
    ]);
    const again = await workspace.ask('mutation ($id: ID!) { runImport(id: $id) { id } }', { id: dry.id });
    expect(again.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', path: 'id' });
  });

  it('counts somebody once who comes in many batches', async () => {
    const people = Array.from({ length: 1_500 }, (_, index) => `p${index % 1_200}@example.com,${index}`);
    const dry = await importFile(['Email,City', ...people].join('\n'), { dryRun: 'true' });
    expect(dry.progress).toMatchObject({ created: 1_200, updated: 300, rejected: 0 });
  });
});

describe('a mapping', () => {
  const file = 'Who,Joined,Note\na@example.com,03/04/2026,x\n';
  const said = { Who: 'email', Joined: { target: 'signed_up_at', dateFormat: 'day_first' }, Note: null };

  it('holds for the next file with the same columns, until it is forgotten', async () => {
    await importFile(file, { mapping: JSON.stringify(said) });
    const next = await importFile('Note,Who,Joined\nx,b@example.com,05/06/2026\n');
    expect(next.columns).toEqual([
      { header: 'Note', target: null, foundBy: 'SAVED', dateFormat: null },
      { header: 'Who', target: 'email', foundBy: 'SAVED', dateFormat: null },
      { header: 'Joined', target: 'signed_up_at', foundBy: 'SAVED', dateFormat: 'DAY_FIRST' },
    ]);
    const other = await importFile(file, { mapping: JSON.stringify({ Note: 'lead_source' }) });
    expect(other.columns.map(({ target, foundBy }) => [target, foundBy])).toEqual([
      ['email', 'SAVED'],
      ['signed_up_at', 'SAVED'],
      ['lead_source', 'MAPPING'],
    ]);
    const list = async (): Promise<{ id: string; headers: string[]; columns: unknown[] }[]> => {
      const data = await workspace.query<{
        workspace: {
          importMappings: { edges: { node: { id: string; headers: string[]; columns: unknown[] } }[] };
        };
      }>(
        '{ workspace { importMappings { edges { node { id headers columns { header target leftOut dateFormat } } } } } }',
      );
      return data.workspace.importMappings.edges.map(({ node }) => node);
    };
    const [mapping] = await list();
    expect(mapping).toMatchObject({
      headers: ['Who', 'Joined', 'Note'],
      columns: [
        { header: 'Who', target: 'email', leftOut: false, dateFormat: null },
        { header: 'Joined', target: 'signed_up_at', leftOut: false, dateFormat: 'DAY_FIRST' },
        { header: 'Note', target: 'lead_source', leftOut: false, dateFormat: null },
      ],
    });
    await workspace.query('mutation ($id: ID!) { deleteImportMapping(id: $id) }', { id: mapping!.id });
    expect(await list()).toEqual([]);
  });
});

describe('undoing an import', () => {
  const csv = [
    'Record ID,Email,City,Tags,Company name,Email consent',
    '1,a@example.com,Wien,new,Acme,yes',
    '2,b@example.com,Linz,new,Acme,no',
    '3,c@example.com,Graz,,,',
    '',
  ].join('\n');

  it('leaves everything as it was', async () => {
    await set({
      email: 'a@example.com',
      attributes: [
        { key: 'city', value: 'Graz' },
        { key: 'tags', value: ['one', 'two'] },
      ],
      company: { name: 'Other' },
      consents: [{ channel: 'email', state: 'withdrawn' }],
    });
    await set({ email: 'b@example.com' });
    const before = await everybody();
    const done = await importFile(csv);
    expect(done.progress).toMatchObject({ created: 1, updated: 2 });
    expect(done.undoableUntil).not.toBeNull();
    expect(await everybody()).not.toEqual(before);
    const undone = await undo(done.id);
    expect(undone.undo).toMatchObject({
      state: 'succeeded',
      contactsDeleted: 1,
      contactsKept: 0,
      changesKept: 0,
    });
    expect(undone).toMatchObject({ undoableUntil: null, notUndone: { edges: [] } });
    expect(await everybody()).toEqual(before);
    const twice = await workspace.ask('mutation ($id: ID!) { undoImport(id: $id) { id } }', { id: done.id });
    expect(twice.errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', path: 'id' });
  });

  it('keeps whom somebody else has touched, and what has changed since, and says why', async () => {
    await set({ email: 'a@example.com', attributes: [{ key: 'city', value: 'Graz' }] });
    const done = await importFile(
      'Email,City,First name\na@example.com,Wien,Ada\nb@example.com,,B\nc@example.com,,C\nd@example.com,,D\ne@example.com,,E\n',
    );
    await set({ email: 'a@example.com', attributes: [{ key: 'city', value: 'Linz' }] });
    await set({ email: 'b@example.com', attributes: [{ key: 'city', value: 'Linz' }] });
    await workspace.query(
      'mutation ($input: EventInput!) { recordEvent(input: $input) { error { code } } }',
      { input: { email: 'c@example.com', name: 'demo_requested' } },
    );
    await set({ email: 'd@example.com', consents: [{ channel: 'email', state: 'withdrawn' }] });
    const undone = await undo(done.id);
    expect(undone.undo).toMatchObject({
      contactsDeleted: 1,
      contactsKept: 3,
      changesUndone: 1,
      changesKept: 1,
    });
    expect(undone.notUndone.edges.map(({ node }) => [node.kind, node.key, node.reason])).toEqual([
      ['ATTRIBUTE', 'city', 'It was changed since.'],
      ['CREATED', '', 'It was changed since.'],
      ['CREATED', '', 'It has done something since.'],
      ['CREATED', '', 'It has given or withdrawn a consent since.'],
    ]);
    expect(await everybody('email,first_name,city')).toEqual([
      { email: 'a@example.com', first_name: '', city: 'Linz' },
      { email: 'b@example.com', first_name: 'B', city: 'Linz' },
      { email: 'c@example.com', first_name: 'C', city: '' },
      { email: 'd@example.com', first_name: 'D', city: '' },
    ]);
  });

  it('undoes what several rows did to one contact, in one batch and in many', async () => {
    await set({ email: 'a@example.com', attributes: [{ key: 'city', value: 'Graz' }] });
    const before = await everybody();
    const rows = Array.from(
      { length: 2_100 },
      (_, index) => `${index % 2 === 0 ? 'a' : 'new'}@example.com,City ${index}`,
    );
    const done = await importFile(['Email,City', ...rows].join('\n'));
    const undone = await undo(done.id);
    expect(undone.undo).toMatchObject({
      contactsDeleted: 1,
      changesUndone: 1,
      contactsKept: 0,
      changesKept: 0,
    });
    expect(await everybody()).toEqual(before);
  });

  it('takes contacts out of the companies of the addresses that it brought', async () => {
    await set({ externalId: '1' });
    const before = await everybody();
    const done = await importFile('Record ID,Email\n1,ada@acme.com\n2,bob@acme.com\n');
    expect(await everybody('email,company.domain')).toEqual([
      { email: 'ada@acme.com', 'company.domain': 'acme.com' },
      { email: 'bob@acme.com', 'company.domain': 'acme.com' },
    ]);
    const undone = await undo(done.id);
    expect(undone.undo).toMatchObject({ contactsDeleted: 1, contactsKept: 0, changesKept: 0 });
    expect(await everybody()).toEqual(before);
  });

  it('is refused while it runs, of a dry run, and after 30 days', async () => {
    const code = async (id: string): Promise<string | undefined> =>
      (await workspace.ask('mutation ($id: ID!) { undoImport(id: $id) { id } }', { id })).errors?.[0]
        ?.extensions.code;
    expect(await code((await importFile(csv, { dryRun: 'true' })).id)).toBe('CONFLICT');
    const done = await importFile(csv);
    await app.database.owner.query(
      `update jobs set finished_at = now() - interval '31 days' where workspace_id = $1 and id = $2`,
      [workspace.id, done.id],
    );
    expect(await code(done.id)).toBe('CONFLICT');
    await app.database.owner.query(`update jobs set state = 'running' where workspace_id = $1 and id = $2`, [
      workspace.id,
      done.id,
    ]);
    expect(await code(done.id)).toBe('CONFLICT');
    expect(await code('nonsense')).toBe('NOT_FOUND');
  });
});
