import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { sendEndlessly } from '../support/http.js';
import { createKey, createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  workspace = await createWorkspace(app, { timeZone: 'Europe/Berlin', defaultCountry: 'US' });
});

interface Upload {
  status: number;
  body: {
    id: string;
    columns: { header: string; target: string | null }[];
    ignoredColumns: string[];
    error?: { code: string; path: string; message: string; problems: { path: string }[] };
  };
}

async function upload(
  csv: string | Buffer,
  query = '',
  headers: Record<string, string> = {},
): Promise<Upload> {
  const response = await fetch(`${app.url}/v1/imports${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv', ...headers },
    body: csv as BodyInit,
  });
  return { status: response.status, body: (await response.json()) as Upload['body'] };
}

interface Import {
  state: string;
  fileName: string | null;
  ignoredColumns: string[];
  columns: { header: string; target: string | null; foundBy: string | null; dateFormat: string | null }[];
  progress: {
    rowsTotal: number;
    rowsRead: number;
    created: number;
    updated: number;
    unchanged: number;
    rejected: number;
  };
  error: { code: string; path: string; message: string } | null;
  rejectedRows: {
    edges: { node: { line: number; code: string; path: string; message: string; cells: string[] } }[];
  };
}

/** Waits until an import has ended. */
async function finished(id: string): Promise<Import> {
  for (;;) {
    const { workspace: found } = await workspace.query<{ workspace: { import: Import } }>(
      `query ($id: ID!) { workspace { import(id: $id) {
         state fileName ignoredColumns columns { header target foundBy dateFormat } error { code path message }
         progress { rowsTotal rowsRead created updated unchanged rejected }
         rejectedRows(first: 100) { edges { node { line code path message cells } } }
       } } }`,
      { id },
    );
    if (found.import.state !== 'queued' && found.import.state !== 'running') return found.import;
    await sleep(20);
  }
}

async function importFile(csv: string | Buffer, query = ''): Promise<Import> {
  const { status, body } = await upload(csv, query);
  expect(body.error).toBeUndefined();
  expect(status).toBe(202);
  return finished(body.id);
}

async function rows(text: string): Promise<Record<string, unknown>[]> {
  return (await app.database.owner.query(text, [workspace.id])).rows;
}

async function countOf(table: string): Promise<number> {
  const [row] = await rows(`select count(*)::int as count from ${table} where workspace_id = $1`);
  return Number(row!['count']);
}

describe('an import', () => {
  it('makes contacts with identities, attributes, company and consents', async () => {
    const done = await importFile(
      '\ufeffRecord ID,First Name,E-mail,Phone Number,Associated Company,Industry,Create Date,Email consent,Ads consent,Shoe size\r\n' +
        '1,Dana,Dana@Example.com,(800) 555-0100,Acme,Software,2026-03-05 14:22,yes,No,42\r\n',
      '?fileName=export.csv',
    );
    expect(done).toMatchObject({
      state: 'succeeded',
      fileName: 'export.csv',
      ignoredColumns: ['Shoe size'],
      progress: { rowsTotal: 1, rowsRead: 1, created: 1, updated: 0, unchanged: 0, rejected: 0 },
    });
    expect(
      await rows(`select kind, value from contact_identities where workspace_id = $1 order by 1`),
    ).toEqual([
      { kind: 'email', value: 'dana@example.com' },
      { kind: 'external_id', value: '1' },
      { kind: 'phone', value: '+18005550100' },
    ]);
    expect(
      await rows(`select key, text, instant from contact_attributes
                  where workspace_id = $1 and key in ('first_name', 'signed_up_at') order by 1`),
    ).toEqual([
      { key: 'first_name', text: 'Dana', instant: null },
      // Read in the workspace's time zone.
      { key: 'signed_up_at', text: null, instant: new Date('2026-03-05T13:22:00Z') },
    ]);
    expect(
      await rows(`select c.name, a.text from companies c join company_attributes a on a.company_id = c.id
                       where c.workspace_id = $1 and a.key = 'industry'`),
    ).toEqual([{ name: 'Acme', text: 'Software' }]);
    expect(
      await rows(`select channel, state, source from consents where workspace_id = $1 order by 1`),
    ).toEqual([
      { channel: 'ads', state: 'withdrawn', source: 'import' },
      { channel: 'email', state: 'granted', source: 'import' },
    ]);
  });

  it('changes contacts that are known by external id or e-mail, and says which rows said nothing new', async () => {
    await importFile('Record ID,Email,City\n1,a@example.com,Berlin\n2,b@example.com,Hamburg\n');
    const again = await importFile(
      'Email,City\nA@example.com,Munich\nb@example.com,Hamburg\nc@example.com,\n',
    );
    expect(again.progress).toMatchObject({ created: 1, updated: 1, unchanged: 1, rejected: 0 });
    expect(await countOf('contacts')).toBe(3);
  });

  it('leaves what is known alone where a cell is empty', async () => {
    await importFile('Email,City\na@example.com,Berlin\n');
    await importFile('Email,City,First name\na@example.com,,Ada\n');
    expect(
      await rows(`select text from contact_attributes where workspace_id = $1 and key = 'city'`),
    ).toEqual([{ text: 'Berlin' }]);
  });

  it('rejects bad rows with line, column and reason, takes the others, and gives the bad ones back as CSV', async () => {
    const header = 'Email,First Name,Create Date,Ads consent';
    const bad = [
      'only@example.com,Too short',
      'too@example.com,Too,2026-01-01,yes,long',
      'not an address,Ada,,',
      '"d@example.com","Line\nbreak, ""quoted""",nonsense,',
      'e@example.com,Ada,,perhaps',
      ',No identity,,',
    ];
    const done = await importFile(
      [header, 'good@example.com,Ada,2026-01-01,yes', '', ...bad, 'also.good@example.com,,,'].join('\n'),
    );
    expect(done.progress).toMatchObject({ rowsRead: 8, created: 2, rejected: 6 });
    const rejected = done.rejectedRows.edges.map(({ node }) => node);
    expect(rejected.map(({ line, path }) => [line, path])).toEqual([
      [4, ''],
      [5, ''],
      [6, 'Email'],
      [7, 'Create Date'],
      [9, 'Ads consent'],
      [10, ''],
    ]);
    expect(rejected[0]!.message).toBe('This row has 2 cells, the header has 4.');
    expect(rejected[3]!.cells).toEqual(['d@example.com', 'Line\nbreak, "quoted"', 'nonsense', '']);
    const [{ id } = { id: '' }] = (await rows(`select id from jobs where workspace_id = $1`)) as {
      id: string;
    }[];
    const response = await fetch(`${app.url}/v1/imports/${id}/rejected.csv`, {
      headers: { authorization: `Bearer ${workspace.key}` },
    });
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toBe(`Line,Code,Column,Reason,${header}`);
    expect(lines[3]).toContain('6,INVALID_INPUT,Email,');
    expect(lines[3]).toMatch(/,not an address,Ada,,$/u);
  });

  it('follows an explicit mapping', async () => {
    const mapping = encodeURIComponent(JSON.stringify({ Who: 'email', 'First Name': null, Place: 'city' }));
    const done = await importFile('Who,First Name,Place\na@example.com,Ada,Graz\n', `?mapping=${mapping}`);
    expect(done.ignoredColumns).toEqual(['First Name']);
    expect(
      await rows(`select key, text from contact_attributes where workspace_id = $1 and key <> 'email'`),
    ).toEqual([{ key: 'city', text: 'Graz' }]);
  });

  it('reads dates as the file writes them, in the time zone of the workspace', async () => {
    const done = await importFile(
      'Email,Created Date,Birthdate,Last seen\n' +
        'a@example.com,"3/5/2026, 2:22 PM",12.1.1990,1772720520000\n' +
        'b@example.com,3/31/2026,31.12.1991,1772720520001\n' +
        'c@example.com,31/31/2026,,\n',
    );
    expect(done.columns.map(({ dateFormat }) => dateFormat)).toEqual([
      null,
      'MONTH_FIRST',
      'DAY_FIRST',
      'EPOCH_MILLIS',
    ]);
    expect(
      await rows(`select a.key, a.instant from contact_attributes a where workspace_id = $1 and instant is not null
                  order by ordinal, key`),
    ).toEqual([
      { key: 'birthday', instant: new Date('1990-01-11T23:00:00Z') },
      { key: 'last_seen_at', instant: new Date('2026-03-05T14:22:00Z') },
      { key: 'signed_up_at', instant: new Date('2026-03-05T13:22:00Z') },
      { key: 'birthday', instant: new Date('1991-12-30T23:00:00Z') },
      { key: 'last_seen_at', instant: new Date('2026-03-05T14:22:00.001Z') },
      { key: 'signed_up_at', instant: new Date('2026-03-30T22:00:00Z') },
    ]);
    expect(done.rejectedRows.edges.map(({ node }) => [node.line, node.path, node.message])).toEqual([
      [4, 'Created Date', 'This is no date with the month first.'],
    ]);
  });

  it('asks which part of a date is the day when the file does not say, and does as it is told', async () => {
    const file = 'Email,Created Date\na@example.com,3/5/2026\n';
    const { status, body } = await upload(file);
    expect({ status, path: body.error?.path, problems: body.error?.problems }).toMatchObject({
      status: 400,
      path: 'mapping.Created Date',
      problems: [{ path: 'mapping.Created Date' }],
    });
    const mapping = JSON.stringify({ 'Created Date': { dateFormat: 'day_first' } });
    const done = await importFile(file, `?${new URLSearchParams({ mapping })}`);
    expect(done.columns[1]).toMatchObject({
      target: 'signed_up_at',
      foundBy: 'NAME',
      dateFormat: 'DAY_FIRST',
    });
    expect(
      await rows(`select instant from contact_attributes where workspace_id = $1 and key = 'signed_up_at'`),
    ).toEqual([{ instant: new Date('2026-05-02T22:00:00Z') }]);
  });

  it('finds out by the values who a row is about when no name says', async () => {
    const done = await importFile('Who,City\na@example.com,Graz\nb@example.com,Wien\n');
    expect(done.columns[0]).toMatchObject({ header: 'Who', target: 'email', foundBy: 'VALUES' });
    expect(done.progress.created).toBe(2);
  });

  it.each([';', '\t'])('reads a file with %j between the cells', async (delimiter) => {
    const done = await importFile(
      ['Email', 'City'].join(delimiter) + '\n' + ['a@example.com', 'Berlin, Mitte'].join(delimiter) + '\n',
    );
    expect(done.progress.created).toBe(1);
  });

  it('takes thousands of rows, more than one batch', async () => {
    const lines = Array.from({ length: 2500 }, (_, index) => `${index},p${index}@example.com`);
    const done = await importFile(['Record ID,Email', ...lines].join('\n'));
    expect(done.progress).toEqual({
      rowsTotal: 2500,
      rowsRead: 2500,
      created: 2500,
      updated: 0,
      unchanged: 0,
      rejected: 0,
    });
    expect(await countOf('import_chunks')).toBe(0);
  });
});

describe('a file that is not acceptable', () => {
  it.each([
    [
      'in two encodings at once',
      Buffer.concat([Buffer.from('Email\njürgen@example.com\n'), Buffer.from('zoë@example.com\n', 'latin1')]),
      'file',
      /Line 3 is not valid UTF-8/u,
    ],
    ['in UTF-16 without its mark', Buffer.from('Email\na@example.com\n', 'utf16le'), 'file', /NUL/u],
    ['with a NUL', 'Email\na\0@example.com\n', 'file', /Line 2 holds a NUL/u],
    ['that is empty', '', 'file', /empty/u],
    ['without any identity', 'First Name,City\nAda,Graz\n', 'mapping', /says who a row is about/u],
    ['with a header twice', 'Email,Email\na@example.com,b@example.com\n', 'file', /repeats the header/u],
  ])('%s is refused at once, and nothing is kept', async (_, file, path, message) => {
    const { status, body } = await upload(file);
    expect({ status, error: body.error }).toMatchObject({
      status: 400,
      error: { code: 'INVALID_INPUT', path, message: expect.stringMatching(message) },
    });
    expect(await countOf('jobs')).toBe(0);
    expect(await countOf('import_chunks')).toBe(0);
  });

  it('is refused before all of it is sent', async () => {
    const headers = { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' };
    const { status, sent } = await sendEndlessly(`${app.url}/v1/imports`, 100 * 1024 * 1024, headers);
    expect(status).toBe(400);
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });

  it('with a broken quote on its last line changes nothing', async () => {
    const lines = Array.from({ length: 1500 }, (_, index) => `p${index}@example.com,x`);
    const done = await importFile(['Email,City', ...lines, 'last@example.com,"open'].join('\n'));
    expect(done).toMatchObject({
      state: 'failed',
      error: { code: 'INVALID_INPUT', path: 'file' },
      progress: { rowsRead: 0 },
    });
    expect(await countOf('contacts')).toBe(0);
    expect(await countOf('import_chunks')).toBe(0);
  });

  it.each([
    ['an unknown column', '{"Nothing":"email"}', 'mapping.Nothing'],
    ['an unknown field', '{"Email":"nothing"}', 'mapping.Email'],
    ['no JSON', '{', 'mapping'],
    ['an unknown date format', '{"Email":{"dateFormat":"backwards"}}', 'mapping.Email'],
    ['a date format where no dates are', '{"Email":{"dateFormat":"iso"}}', 'mapping.Email'],
  ])('because of a mapping with %s is refused', async (_, mapping, path) => {
    const { status, body } = await upload(
      'Email\na@example.com\n',
      `?mapping=${encodeURIComponent(mapping)}`,
    );
    expect({ status, path: body.error?.path }).toEqual({ status: 400, path });
  });

  it('because of its content type is refused', async () => {
    const { status } = await upload('Email\na@example.com\n', '', { 'content-type': 'text/plain' });
    expect(status).toBe(400);
  });
});

describe('who may import', () => {
  it('needs the scope contacts:write', async () => {
    workspace.key = await createKey(app, workspace.id, ['contacts:read', 'events:write']);
    expect((await upload('Email\na@example.com\n')).body.error?.code).toBe('FORBIDDEN');
  });

  it('sees no import of another workspace, by no way', async () => {
    const { body } = await upload('Email\na@example.com\n');
    const stranger = await createWorkspace(app);
    const query = `query ($id: ID!) { workspace { import(id: $id) { id } } }`;
    for (const id of [body.id, randomUUID(), 'nonsense']) {
      const answer = await stranger.ask(query, { id });
      expect(answer.errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual([
        ['There is no such import.', 'NOT_FOUND'],
      ]);
    }
    const download = await fetch(`${app.url}/v1/imports/${body.id}/rejected.csv`, {
      headers: { authorization: `Bearer ${stranger.key}` },
    });
    expect(download.status).toBe(404);
  });

  it('lists the imports of the workspace, the newest first', async () => {
    for (const name of ['one', 'two', 'three'])
      await importFile('Email\na@example.com\n', `?fileName=${name}`);
    const { workspace: found } = await workspace.query<{
      workspace: { imports: { edges: { node: { fileName: string } }[] } };
    }>(`{ workspace { imports(first: 2) { edges { node { fileName } } } } }`);
    expect(found.imports.edges.map(({ node }) => node.fileName)).toEqual(['three', 'two']);
  });
});
