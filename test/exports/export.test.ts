import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exportColumns } from '../../api/src/modules/exports/columns.js';
import { batchSize } from '../../api/src/modules/exports/exported.repository.js';
import { writeExport } from '../../api/src/modules/exports/write-export.js';
import { catalogOf } from '../../api/src/modules/attributes/index.js';
import type { Spool } from '../../api/src/platform/files/spool.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants } from '../support/builders.js';
import { createKey, createWorkspace } from '../support/workspaces.js';
import { addCrowd } from '../audiences/crowd.js';
import { openAudiences, type Audiences } from '../audiences/open-audiences.js';

let app: TestApp;
let workspace: Audiences;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await openAudiences(app, { timeZone: 'Europe/Berlin' });
});

type Row = Record<string, string>;

async function csv(path = '/v1/contacts.csv'): Promise<Row[]> {
  const response = await workspace.download(path);
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return parse(text, { columns: true }) as Row[];
}

async function ndjson(path = '/v1/contacts.ndjson'): Promise<Record<string, unknown>[]> {
  const lines = (await (await workspace.download(path)).text()).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ada = {
  externalId: 'A-1',
  email: 'Ada@Example.com',
  phone: '+4915112345678',
  ads: 'granted',
  attributes: {
    first_name: 'Ada "the first", Countess',
    birthday: '1990-03-05',
    signed_up_at: '2026-03-05T14:22:00Z',
    tags: ['vip', 'early'],
    mrr: -12.5,
  },
  company: { domain: 'acme.example', name: 'Acme', attributes: [{ key: 'industry', value: 'Software' }] },
} as const;

describe('an export of contacts', () => {
  it('says what is known of each, as CSV', async () => {
    const [id] = await workspace.people({ ...ada, attributes: { ...ada.attributes } } as never);
    const [row] = await csv();
    expect(row).toMatchObject({
      'coterie.id': id,
      external_id: 'A-1',
      email: 'ada@example.com',
      phone: '+4915112345678',
      first_name: 'Ada "the first", Countess',
      last_name: '',
      birthday: '1990-03-05',
      signed_up_at: '2026-03-05T14:22:00.000Z',
      tags: 'vip;early',
      mrr: '-12.5',
      'company.domain': 'acme.example',
      'company.name': 'Acme',
      'company.industry': 'Software',
      'consent.ads': 'granted',
      'consent.email': '',
    });
  });

  it('says it as NDJSON, with types, and without what is not known', async () => {
    await workspace.people({ ...ada, attributes: { ...ada.attributes } } as never, {
      email: 'b@example.com',
    });
    const [first, second] = await ndjson(
      '/v1/contacts.ndjson?columns=email,tags,mrr,birthday,company.name,identity.email',
    );
    expect(first).toEqual({
      email: 'ada@example.com',
      tags: ['vip', 'early'],
      mrr: -12.5,
      birthday: '1990-03-04T23:00:00.000Z',
      'company.name': 'Acme',
      'identity.email': ['ada@example.com'],
    });
    expect(second).toEqual({ email: 'b@example.com', 'identity.email': ['b@example.com'] });
  });

  it('has the chosen columns in their order, and refuses one that there is not', async () => {
    await workspace.people({ email: 'a@example.com', attributes: { city: 'Graz' } });
    const text = await (await workspace.download('/v1/contacts.csv?columns=city,email')).text();
    expect(text).toBe('city,email\r\nGraz,a@example.com\r\n');
    const refused = await workspace.download('/v1/contacts.csv?columns=email,shoe_size');
    expect({ status: refused.status, body: await refused.json() }).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_INPUT', path: 'columns' } },
    });
  });

  it('holds no cell that a spreadsheet would run', async () => {
    const evil = ['=HYPERLINK("http://x")', '+cmd|calc', '-2+3', '@SUM(A1)'];
    await workspace.people(
      ...evil.map((name, index) => ({ email: `e${index}@example.com`, attributes: { first_name: name } })),
    );
    const rows = await csv('/v1/contacts.csv?columns=first_name');
    expect(rows.map((row) => row['first_name'])).toEqual(evil.map((name) => `'${name}`));
    expect(await ndjson('/v1/contacts.ndjson?columns=first_name')).toEqual(
      evil.map((name) => ({ first_name: name })),
    );
  });

  it('makes the same contacts where it is imported again', async () => {
    await workspace.people({ ...ada, attributes: { ...ada.attributes, last_name: '=1+1' } } as never, {
      email: 'b@example.com',
      ads: 'withdrawn',
      attributes: { tags: ['a;b', 'c'], city: "'s-Hertogenbosch" },
    });
    const source = workspace;
    const text = await (await workspace.download('/v1/contacts.csv')).text();
    workspace = await openAudiences(app, { timeZone: 'Europe/Berlin' });
    const response = await fetch(`${app.url}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
      body: text,
    });
    const { id } = (await response.json()) as { id: string };
    const state = async (): Promise<string> => {
      const { workspace: found } = await workspace.query<{ workspace: { import: { state: string } } }>(
        'query ($id: ID!) { workspace { import(id: $id) { state } } }',
        { id },
      );
      return found.import.state;
    };
    await expect.poll(state, { timeout: 15_000 }).toBe('succeeded');
    const own = ({
      'coterie.id': _id,
      'coterie.created_at': _made,
      'coterie.updated_at': _changed,
      ...rest
    }: Row): Row => rest;
    const again = (await csv()).map(own);
    workspace = source;
    expect(again).toEqual((await csv()).map(own));
  });
});

describe('an export of a segment', () => {
  it('holds its members, by rule or by hand, and is called after it', async () => {
    const [, second] = await workspace.people(
      { email: 'a@example.com', attributes: { city: 'Graz' } },
      { email: 'b@example.com' },
    );
    const list = await workspace.list([second!], 'Hand/picked');
    const { createSegment } = await workspace.query<{ createSegment: { id: string } }>(
      `mutation { createSegment(input: {name: "By rule", rule: {text: "city = \\"Graz\\""}}) { id } }`,
    );
    const path = (id: string): string => `/v1/segments/${id}/members.csv?columns=email`;
    expect(await csv(path(createSegment.id))).toEqual([{ email: 'a@example.com' }]);
    expect(await csv(path(list))).toEqual([{ email: 'b@example.com' }]);
    const { headers } = await workspace.download(path(list));
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename=contacts.csv; filename*=UTF-8''${encodeURIComponent('Hand picked - contacts.csv')}`,
      'cache-control': 'no-store',
    });
  });

  it('of another workspace answers like that of a random id', async () => {
    const list = await workspace.list([]);
    const stranger = await createWorkspace(app);
    const ask = async (id: string): Promise<unknown> => {
      const response = await workspace.download(`/v1/segments/${id}/members.csv`, stranger.key);
      const { error } = (await response.json()) as { error: Record<string, unknown> };
      return { status: response.status, ...error, requestId: null };
    };
    const random = await ask(randomUUID());
    expect(random).toMatchObject({ status: 404, code: 'NOT_FOUND', path: 'id' });
    expect(await ask(list)).toEqual(random);
    expect(await ask('no-id')).toEqual(random);
  });

  it('takes a key that may read segments and contacts both', async () => {
    const list = await workspace.list([]);
    const status = async (scopes: Parameters<typeof createKey>[2]): Promise<number> => {
      const key = await createKey(app, workspace.id, scopes);
      return (await workspace.download(`/v1/segments/${list}/members.csv`, key)).status;
    };
    expect(await status(['segments:read'])).toBe(403);
    expect(await status(['contacts:read', 'contacts:write'])).toBe(403);
    expect(await status(['segments:read', 'contacts:read'])).toBe(200);
  });
});

describe('a large export', () => {
  const count = process.env['FULL'] === '1' ? 1_000_000 : 5_000;

  it('is read and written in pieces, whose number of statements grows with the pieces alone', async () => {
    const tenants = await openTenants();
    try {
      const workspaceId = await tenants.newWorkspace();
      const segmentId = randomUUID();
      await tenants.database.owner.query(
        `insert into segments (workspace_id, id, kind, name, folded_name, created_by) values ($1, $2, 'static', 'x', 'x', 'system')`,
        [workspaceId, segmentId],
      );
      await addCrowd(tenants.database, { workspaceId, segmentId, count });
      const pieces: number[] = [];
      let size = 0;
      const spool = {
        get size() {
          return size;
        },
        async write(text: string) {
          size += text.length;
          pieces.push(text.split('\n').length - 1);
        },
      } as Spool;
      tenants.statements.length = 0;
      await writeExport(
        tenants.withWorkspace,
        {
          workspace: { id: workspaceId, timeZone: 'UTC' },
          format: 'csv',
          columns: ['coterie.id', 'first_name', 'company.name', 'identity.email', 'consent.ads'],
          plan: async () => ({ name: 'x', source: null }),
          signal: new AbortController().signal,
        },
        spool,
        () => undefined,
      );
      expect(pieces.reduce((sum, lines) => sum + lines)).toBe(count + 1);
      expect(Math.max(...pieces)).toBe(batchSize);
      // For each piece: the contacts, their attributes, identities and consents.
      expect(tenants.statements.length).toBeLessThanOrEqual((count / batchSize) * 4 + 15);
    } finally {
      await tenants.close();
    }
  });

  it('comes while it is written, whole, and is broken off when the client goes away', async () => {
    const segmentId = await workspace.list([]);
    await addCrowd(app.database, { workspaceId: workspace.id, segmentId, count: 10_000 });
    const rows = await csv(`/v1/segments/${segmentId}/members.csv?columns=identity.email`);
    expect(rows.map((row) => row['identity.email'])).toEqual(
      Array.from({ length: 10_000 }, (_, number) => `p${number}@example.com`),
    );
    await new Promise<void>((resolve) => {
      const call = request(`${app.url}/v1/contacts.csv`, {
        headers: { authorization: `Bearer ${workspace.key}` },
      });
      call.on('response', (response) => {
        response.once('data', () => call.destroy());
        response.on('error', () => undefined);
      });
      call.on('error', () => undefined);
      call.on('close', resolve);
      call.end();
    });
    const busy = async (): Promise<number> => {
      const {
        rows: [row],
      } = await app.database.owner.query(
        `select count(*)::int as count from pg_stat_activity
         where datname = current_database() and usename = 'coterie_app' and state <> 'idle'`,
      );
      return row.count as number;
    };
    await expect.poll(busy, { timeout: 15_000 }).toBe(0);
    const left = async (): Promise<string[]> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('coterie-file-'));
    await expect.poll(left, { timeout: 15_000 }).toEqual([]);
  });
});

it('no two columns have the same name', () => {
  const names = exportColumns(catalogOf([])).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
