import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clients as allClients, type Client } from '../../api/src/modules/demo/clients.js';
import { ensureDemonstration, type Demonstration } from '../../api/src/modules/demo/index.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { Person } from '../support/person.js';

/** With FULL=1 as newcomers see it, else a tenth of it. */
const share = process.env['FULL'] === '1' ? 1 : 0.1;
const clients: Client[] = allClients.map((client) => ({
  ...client,
  companies: Math.round(client.companies * share),
  people: Math.round(client.people * share),
  visitors: Math.round(client.visitors * share),
}));

let app: TestApp;
let dataDir: string;
let demonstration: Demonstration | undefined;

const load = (until = new Date()): Promise<Demonstration | undefined> =>
  ensureDemonstration({ url: app.url, dataDir, until, clients });

async function countIn(table: string, workspace: string): Promise<number> {
  const { rows } = await app.database.owner.query(
    `select count(*)::int as count from ${table} t join workspaces w on w.id = t.workspace_id where w.name = $1`,
    [workspace],
  );
  return rows[0].count;
}

beforeAll(async () => {
  app = await startTestApp({ signUp: 'first' });
  dataDir = await mkdtemp(join(tmpdir(), 'coterie-demo-'));
  demonstration = await load();
}, 300_000);

afterAll(async () => {
  await app?.close();
  await rm(dataDir, { recursive: true });
});

describe('the demonstration', () => {
  it('is one agency with a workspace for each client', async () => {
    const { email, password } = demonstration!;
    const person = new Person(app.url);
    await person.signIn(email, password);
    const { viewer } = await person.query<{ viewer: Viewer }>(
      '{ viewer { organizations { name workspaces { edges { node { name } } } } } }',
    );
    const [agency, ...others] = viewer.organizations;
    expect(others).toEqual([]);
    expect(agency!.workspaces.edges.map(({ node }) => node.name).toSorted()).toEqual(
      clients.map(({ name }) => name).toSorted(),
    );
  });

  it('holds what it says', async () => {
    const counted = { contacts: 0, companies: 0, events: 0 };
    for (const { name } of clients) {
      counted.contacts += await countIn('contacts', name);
      counted.companies += await countIn('companies', name);
      counted.events += await countIn('events', name);
    }
    expect(counted).toEqual(demonstration!.loaded);
  });

  it('leaves nothing out and nothing in doubt', async () => {
    for (const { name } of clients) {
      for (const table of ['quarantined_events', 'import_rejections', 'identity_conflicts'])
        expect([name, table, await countIn(table, name)]).toEqual([name, table, 0]);
    }
  });

  it('has people in every segment of the largest client, and not everybody', async () => {
    const { email, password } = demonstration!;
    const person = new Person(app.url);
    await person.signIn(email, password);
    const { rows } = await app.database.owner.query('select id from workspaces where name = $1', [
      clients[0]!.name,
    ]);
    const { workspace } = await person.query<{ workspace: Segments }>(
      'query ($id: ID!) { workspace(id: $id) { segments(first: 50) { edges { node { name size { value } } } } } }',
      { id: rows[0].id },
    );
    const sizes = workspace.segments.edges.map(({ node }) => node.size.value);
    expect(sizes.length).toBeGreaterThanOrEqual(10);
    expect(Math.min(...sizes)).toBeGreaterThan(0);
    expect(Math.max(...sizes)).toBeLessThan((await countIn('contacts', clients[0]!.name)) * 0.6);
  });

  it('keeps its password for nobody but who started it', async () => {
    const file = join(dataDir, 'demonstration.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ password: demonstration!.password });
  });

  it('is not loaded again, but says how to sign in', async () => {
    const { email, password } = demonstration!;
    expect(await load()).toMatchObject({ email, password, loaded: undefined });
  });
});

describe('beside another organization', () => {
  it('is not loaded', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'coterie-demo-'));
    expect(await ensureDemonstration({ url: app.url, dataDir: elsewhere, until: new Date(), clients })).toBe(
      undefined,
    );
    await rm(elsewhere, { recursive: true });
  });
});

describe('a demonstration that broke off', () => {
  it('is completed by the next start, with nothing doubled', async () => {
    const [whole] = clients.slice(1);
    const other = await startTestApp({ signUp: 'first' });
    const folder = await mkdtemp(join(tmpdir(), 'coterie-demo-'));
    const plan = { url: other.url, dataDir: folder, until: new Date(), clients: [whole!] };
    const count = async (table: string): Promise<number> =>
      (await other.database.owner.query(`select count(*)::int as count from ${table}`)).rows[0].count;
    const stop = new Error('The power fails.');
    const broken = ensureDemonstration({
      ...plan,
      onProgress: (text) => {
        if (text.includes('events')) throw stop;
      },
    });
    await expect(broken).rejects.toBe(stop);
    const before = await count('events');
    const completed = await ensureDemonstration(plan);
    const { contacts, companies, events } = completed!.loaded!;
    expect(before).toBeLessThan(events);
    expect([await count('contacts'), await count('companies'), await count('events')]).toEqual([
      contacts,
      companies,
      events,
    ]);
    await other.close();
    await rm(folder, { recursive: true });
  });
});

interface Viewer {
  organizations: { name: string; workspaces: { edges: { node: { name: string } }[] } }[];
}

interface Segments {
  segments: { edges: { node: { name: string; size: { value: number } } }[] };
}
