import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

/* Files whose rows are companies, or what third parties say. */

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app, { timeZone: 'Europe/Berlin' });
});

interface Answer {
  id: string;
  columns: { header: string; target: string | null }[];
  error?: { code: string; path: string };
}

async function upload(query: string, lines: string[]): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${app.url}/v1/imports?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${workspace.key}`, 'content-type': 'text/csv' },
    body: lines.join('\n'),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

interface Done {
  state: string;
  kind: string;
  undoableUntil: string | null;
  progress: Record<'created' | 'updated' | 'unchanged' | 'rejected', number>;
  rejectedRows: { edges: { node: { line: number; path: string; message: string } }[] };
}

async function importFile(query: string, ...lines: string[]): Promise<Done & { columns: Answer['columns'] }> {
  const { status, answer } = await upload(query, lines);
  expect(status).toBe(202);
  for (;;) {
    const { workspace: found } = await workspace.query<{ workspace: { import: Done } }>(
      `query ($id: ID!) { workspace { import(id: $id) {
         state kind undoableUntil progress { created updated unchanged rejected }
         rejectedRows(first: 20) { edges { node { line path message } } } } } }`,
      { id: answer.id },
    );
    if (!['queued', 'running'].includes(found.import.state))
      return { ...found.import, columns: answer.columns };
    await sleep(30);
  }
}

interface Held {
  domain: string | null;
  name: string;
  attributes: { key: string; value: unknown }[];
  signals: { name: string; source: string; value: unknown; observedAt: string }[];
}

async function companies(): Promise<Held[]> {
  const { workspace: found } = await workspace.query<{
    workspace: { companies: { edges: { node: Held }[] } };
  }>(
    `{ workspace { companies(first: 50) { edges { node {
         domain name attributes { key value } signals { name source value observedAt } } } } } }`,
  );
  return found.companies.edges.map(({ node }) => node).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const counts = (created: number, updated = 0, unchanged = 0, rejected = 0): Done['progress'] => ({
  created,
  updated,
  unchanged,
  rejected,
});

describe('a file of companies', () => {
  const header = 'Record ID,Company name,Company Domain Name,Industry,Number of Employees,City';

  it('makes and changes companies, with the columns found by the names that a CRM gives them', async () => {
    const first = await importFile(
      'of=companies',
      header,
      '1,Acme,acme.example,Software,50,Graz',
      '2,Bolt,,,,',
    );
    expect(first).toMatchObject({ state: 'succeeded', kind: 'COMPANIES', progress: counts(2) });
    expect(first.columns.map(({ target }) => target)).toEqual([
      'company.external_id',
      'company.name',
      'company.domain',
      'company.industry',
      'company.employee_count',
      'company.city',
    ]);
    const again = await importFile(
      'of=companies',
      header,
      '1,Acme,acme.example,Retail,50,Graz',
      '2,Bolt,,,,',
    );
    expect(again.progress).toEqual(counts(0, 1, 1));
    const [acme, bolt] = await companies();
    expect(acme).toMatchObject({ name: 'Acme', domain: 'acme.example' });
    expect(acme!.attributes).toContainEqual({ key: 'industry', value: 'Retail' });
    expect(acme!.attributes).toContainEqual({ key: 'employee_count', value: 50 });
    expect(bolt).toMatchObject({ name: 'Bolt', domain: null });
  });

  it('keeps the rows that cannot be taken, with the column and the reason', async () => {
    const done = await importFile('of=companies', header, ',,,Software,,', '3,Cask,cask.example,,many,');
    expect(done.progress).toEqual(counts(0, 0, 0, 2));
    expect(done.rejectedRows.edges.map(({ node }) => [node.line, node.path])).toEqual([
      [2, ''],
      [3, 'Number of Employees'],
    ]);
  });

  it('is refused where no column says which company a row is', async () => {
    const { status, answer } = await upload('of=companies', ['Industry,City', 'Software,Graz']);
    expect([status, answer.error]).toMatchObject([400, { code: 'INVALID_INPUT', path: 'mapping' }]);
  });
});

describe('a file of signals', () => {
  const header = 'Company Name,Domain,Topic,Composite Score,Date';

  it('records what a third party says of companies, with its source and age', async () => {
    const done = await importFile(
      'of=signals&source=bombora',
      header,
      'Acme,acme.example,CRM Software,82,24/11/2026',
      'Acme,acme.example,CRM Software,70,23/11/2026',
      'Bolt,bolt.example,CRM Software,surging,22/11/2026',
    );
    expect(done).toMatchObject({ kind: 'SIGNALS', undoableUntil: null, progress: counts(2, 0, 1) });
    const [acme, bolt] = await companies();
    expect(acme!.domain).toBe('acme.example');
    expect(acme!.signals).toEqual([
      { name: 'CRM Software', source: 'bombora', value: 82, observedAt: '2026-11-23T23:00:00.000Z' },
    ]);
    expect(bolt!.signals).toMatchObject([{ value: 'surging' }]);
  });

  it('records what several say of contacts, and tells the rows apart that it cannot take', async () => {
    const done = await importFile(
      'of=signals',
      'Email,Signal,Value,Source,Observed at',
      'ada@x.example,G2 comparison,,g2,2026-11-20T10:00:00Z',
      'ada@x.example,Industry,Software,clearbit,2026-11-20',
      'nobody,Industry,Software,clearbit,2026-11-20',
      ',Industry,Software,clearbit,2026-11-20',
      'ada@x.example,,Software,clearbit,2026-11-20',
      'ada@x.example,Size,Software,,2026-11-20',
      'ada@x.example,Size,12,clearbit,soon',
    );
    expect(done.progress).toEqual(counts(2, 0, 0, 5));
    expect(done.rejectedRows.edges.map(({ node }) => [node.line, node.path])).toEqual([
      [4, 'Email'],
      [5, ''],
      [6, 'Signal'],
      [7, 'Source'],
      [8, 'Observed at'],
    ]);
    const { previewSegment } = await workspace.query<{ previewSegment: { count: { value: number } } }>(
      'query ($input: PreviewSegmentInput!) { previewSegment(input: $input) { count { value } } }',
      { input: { rule: { text: 'signal "industry" from "Clearbit" is "software"' } } },
    );
    expect(previewSegment.count.value).toBe(1);
  });

  it('can be tried out first: nothing is stored, and the counts are those of the import', async () => {
    const lines = [header, 'Acme,acme.example,CRM,1,2026-11-20', 'Acme,acme.example,CRM,2,2026-11-21'];
    const tried = await importFile('of=signals&source=bombora&dryRun=true', ...lines);
    expect(await companies()).toEqual([]);
    const done = await importFile('of=signals&source=bombora', ...lines);
    expect(tried.progress).toEqual(done.progress);
  });

  it.each([
    ['who says it', 'of=signals', 'Domain,Topic', 'source'],
    ['whom it is about', 'of=signals&source=x', 'Topic,Score', 'mapping'],
    ['what it is', 'of=signals&source=x', 'Domain,Score', 'mapping'],
  ])('is refused where nothing says %s', async (_, query, names, path) => {
    const { status, answer } = await upload(query, [names, 'a,b']);
    expect([status, answer.error]).toMatchObject([400, { code: 'INVALID_INPUT', path }]);
  });
});

it('a file of something else is refused', async () => {
  const { status, answer } = await upload('of=shoes', ['a', 'b']);
  expect([status, answer.error?.path]).toEqual([400, 'of']);
});
