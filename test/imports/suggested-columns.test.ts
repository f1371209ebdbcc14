import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { createWorkspace, type TestWorkspace } from '../support/workspaces.js';

let app: TestApp;
let workspace: TestWorkspace;

beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.close());
beforeEach(async () => {
  workspace = await createWorkspace(app);
});

interface Suggested {
  columns: { header: string; target: string | null; foundBy: string | null; dateFormat: string | null }[];
  problems: { code: string; path: string }[];
}

async function suggest(file: Record<string, unknown>): Promise<Suggested> {
  const { workspace: shown } = await workspace.query<{ workspace: { suggestedColumns: Suggested } }>(
    `query ($file: FileBeginningInput!) { workspace { suggestedColumns(file: $file) {
       columns { header target foundBy dateFormat } problems { code path } } } }`,
    { file },
  );
  return shown.suggestedColumns;
}

const targetsOf = ({ columns }: Suggested): (string | null)[] => columns.map(({ target }) => target);

describe('what becomes of columns', () => {
  it('is told before the file is uploaded, by names and by values', async () => {
    const suggested = await suggest({
      headers: ['Contact', 'First Name', 'Shoe size'],
      rows: [
        ['ada@example.com', 'Ada', '38'],
        ['bob@example.com', 'Bob', '44'],
      ],
    });
    expect(suggested.problems).toEqual([]);
    expect(suggested.columns.map(({ target, foundBy }) => [target, foundBy])).toEqual([
      ['email', 'VALUES'],
      ['first_name', 'NAME'],
      [null, null],
    ]);
  });

  it('follows what is said by hand', async () => {
    const suggested = await suggest({
      headers: ['Email', 'Role'],
      rows: [['ada@example.com', 'Head']],
      columns: [
        { header: 'Role', target: 'job_title' },
        { header: 'Email', leftOut: false },
      ],
    });
    expect(targetsOf(suggested)).toEqual(['email', 'job_title']);
  });

  it('names what is missing, and shows the rest all the same', async () => {
    const nobody = await suggest({ headers: ['First Name'], rows: [['Ada']] });
    expect(nobody.problems).toMatchObject([{ code: 'INVALID_INPUT' }]);
    expect(targetsOf(nobody)).toEqual(['first_name']);
    const ambiguous = await suggest({
      headers: ['Email', 'Signed up at'],
      rows: [['ada@example.com', '03/04/2026']],
    });
    expect(ambiguous.problems.map(({ path }) => path)).toEqual(['mapping.Signed up at']);
    expect(targetsOf(ambiguous)).toEqual(['email', 'signed_up_at']);
  });

  it('is refused for more rows than are needed', async () => {
    const { errors } = await workspace.ask(
      `query ($file: FileBeginningInput!) { workspace { suggestedColumns(file: $file) { columns { header } } } }`,
      { file: { headers: ['Email'], rows: Array.from({ length: 201 }, () => ['a@example.com']) } },
    );
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'TOO_LARGE', path: 'file.rows' });
  });

  it('can be what the workspace and every other has', async () => {
    const { workspace: shown } = await workspace.query<{
      workspace: { importTargets: { target: string; label: string }[] };
    }>('{ workspace { importTargets { target label standard type } } }');
    expect(shown.importTargets.map(({ target }) => target)).toEqual(
      expect.arrayContaining(['email', 'first_name', 'company.domain', 'consent.email']),
    );
  });
});
