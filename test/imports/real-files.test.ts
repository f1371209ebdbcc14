import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';
import { encodings, hubspot, mailchimp, salesforce, type Export } from './crm-exports.js';

/* Exports of the usual tools in every encoding that they are met in: the totals must reconcile to the row. */

const people = 1_200;

let app: TestApp;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app.close());

interface Import {
  state: string;
  encoding: string;
  ignoredColumns: string[];
  progress: Record<string, number>;
  rejectedRows: { edges: { node: { line: number; path: string } }[] };
}

async function importFile(workspace: TestWorkspace, file: Buffer): Promise<Import> {
  const response = await fetch(`${app.url}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: file as unknown as BodyInit,
  });
  expect(response.status).toBe(202);
  const { id } = (await response.json()) as { id: string };
  for (;;) {
    const { workspace: found } = await workspace.query<{ workspace: { import: Import } }>(
      `query ($id: ID!) { workspace { import(id: $id) {
         state encoding ignoredColumns progress { rowsTotal rowsRead created updated unchanged rejected }
         rejectedRows(first: 100) { edges { node { line path } } }
       } } }`,
      { id },
    );
    if (!['queued', 'running'].includes(found.import.state)) return found.import;
    await sleep(50);
  }
}

function fileOf({ header, line, lineEnd, broken }: Export): string {
  const rows = Array.from({ length: people }, (_, index) => line(index));
  return [header, ...rows, ...broken.map(([row]) => row), ''].join(lineEnd);
}

const cases = Object.entries({ hubspot, salesforce, mailchimp }).flatMap(([tool, from]) =>
  Object.keys(encodings).map((encoding): [string, string, Export] => [tool, encoding, from]),
);

describe('an export', () => {
  it.each(cases)('of %s in %s is taken to the row', async (_tool, encoding, from) => {
    const workspace = await createWorkspace(app, { timeZone: 'Europe/Berlin' });
    const done = await importFile(workspace, encodings[encoding]!(fileOf(from)));
    expect(done).toMatchObject({
      state: 'succeeded',
      encoding: encoding.replace(' with a mark', ''),
      ignoredColumns: from.ignored,
      progress: {
        rowsTotal: people + from.broken.length,
        rowsRead: people + from.broken.length,
        created: people,
        updated: 0,
        unchanged: 0,
        rejected: from.broken.length,
      },
    });
    expect(done.rejectedRows.edges.map(({ node }) => [node.line, node.path])).toEqual(
      from.broken.map(([, column], index) => [people + 2 + index, column]),
    );
    expect(await storedOf(workspace.id, Object.keys(from.stored))).toEqual(from.stored);
    expect(await withdrawnIn(workspace.id)).toBe(from.withdrawn(people));
  });

  it('of Mailchimp keeps tags with commas in them', async () => {
    const workspace = await createWorkspace(app);
    await importFile(workspace, Buffer.from(fileOf(mailchimp)));
    const { rows } = await app.database.owner.query(
      `select distinct position, text from contact_attributes where workspace_id = $1 and key = 'tags' order by 1`,
      [workspace.id],
    );
    expect(rows).toEqual([
      { position: 0, text: 'VIP' },
      { position: 1, text: 'Früh, sehr' },
    ]);
  });
});

async function storedOf(workspaceId: string, keys: string[]): Promise<Record<string, string>> {
  const { rows } = await app.database.owner.query<{ key: string; text: string }>(
    `select a.key, a.text from contact_attributes a
     join contact_identities i on i.workspace_id = a.workspace_id and i.ordinal = a.ordinal
     where i.workspace_id = $1 and i.kind = 'email' and i.value = 'p1@example.com' and a.key = any($2)`,
    [workspaceId, keys],
  );
  return Object.fromEntries(rows.map(({ key, text }) => [key, text]));
}

async function withdrawnIn(workspaceId: string): Promise<number> {
  const { rows } = await app.database.owner.query<{ count: number }>(
    `select count(*)::int as count from consents where workspace_id = $1 and state = 'withdrawn'`,
    [workspaceId],
  );
  return rows[0]?.count ?? 0;
}
