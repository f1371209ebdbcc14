import { afterAll, beforeAll, expect, it } from 'vitest';
import { KeyUses } from '../../api/src/modules/access/key-uses.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openTenants, type Tenants } from '../support/builders.js';
import { createKey, createWorkspace } from '../support/workspaces.js';

let app: TestApp;
let tenants: Tenants;

beforeAll(async () => {
  [app, tenants] = await Promise.all([startTestApp({}, { part: 'http' }), openTenants()]);
});
afterAll(() => Promise.all([app.database.drop(), tenants.close()]));

async function lastUseIn({ database }: Pick<TestApp, 'database'>, workspaceId: string): Promise<Date | null> {
  const { rows } = await database.owner.query<{ last_used_at: Date | null }>(
    'select last_used_at from api_keys where workspace_id = $1',
    [workspaceId],
  );
  return rows[0]!.last_used_at;
}

it('a request writes nothing of its key; a clean stop loses no use', async () => {
  const workspace = await createWorkspace(app);
  const before = Date.now();
  for (let call = 0; call < 20; call += 1) await workspace.query('{ workspace { name } }');
  expect(await lastUseIn(app, workspace.id)).toBeNull();
  await app.app.close();
  expect((await lastUseIn(app, workspace.id))!.getTime()).toBeGreaterThanOrEqual(before);
});

it('uses of many keys are one statement a workspace, and none makes a key look older', async () => {
  const { database, withWorkspace, statements } = tenants;
  const workspaceId = await tenants.newWorkspace();
  for (let key = 0; key < 3; key += 1) await createKey({ database }, workspaceId, []);
  const { rows: keys } = await database.owner.query<{ id: string }>('select id from api_keys');
  const uses = new KeyUses(withWorkspace);
  const last = new Date('2026-01-02T03:04:05Z');
  for (const { id } of keys) uses.note(workspaceId, id, last.getTime());
  statements.length = 0;
  await uses.flush();
  expect(statements.filter((text) => text.startsWith('update api_keys'))).toHaveLength(1);
  uses.note(workspaceId, keys[0]!.id, last.getTime() - 60_000);
  await uses.flush();
  expect(await lastUseIn(tenants, workspaceId)).toEqual(last);
});

it('what could not be written is kept for the next time', async () => {
  const workspaceId = await tenants.newWorkspace();
  await createKey(tenants, workspaceId, []);
  const { rows } = await tenants.database.owner.query<{ id: string }>(
    'select id from api_keys where workspace_id = $1',
    [workspaceId],
  );
  let isDown = true;
  const uses = new KeyUses(async (...work) => {
    if (isDown) throw new Error('The database is down.');
    return tenants.withWorkspace(...work);
  });
  uses.note(workspaceId, rows[0]!.id);
  await expect(uses.flush()).rejects.toThrow('not written');
  isDown = false;
  await uses.flush();
  expect(await lastUseIn(tenants, workspaceId)).not.toBeNull();
});
