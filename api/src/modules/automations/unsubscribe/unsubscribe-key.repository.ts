import { randomBytes } from 'node:crypto';
import type { WorkspaceTransaction } from '../../../platform/database/with-workspace.js';
import { unsubscribeKeyBytes } from './token.js';

/** The key that the workspace's links are made with; undefined as long as it has none. */
export async function unsubscribeKey(tx: WorkspaceTransaction): Promise<Buffer | undefined> {
  const [row] = await tx.query<{ key: Buffer }>('select key from unsubscribe_keys');
  return row?.key;
}

/** The same; made with the first link. It never changes: links in mail that was sent years ago must work. */
export async function requireUnsubscribeKey(tx: WorkspaceTransaction): Promise<Buffer> {
  const known = await unsubscribeKey(tx);
  if (known) return known;
  await tx.query('insert into unsubscribe_keys (workspace_id, key) values ($1, $2) on conflict do nothing', [
    tx.workspaceId,
    randomBytes(unsubscribeKeyBytes),
  ]);
  return (await unsubscribeKey(tx))!;
}

/** The workspace's name, as people who got its mail know it. */
export async function workspaceName(tx: WorkspaceTransaction): Promise<string> {
  const [row] = await tx.query<{ name: string }>('select name from workspaces where id = $1', [
    tx.workspaceId,
  ]);
  if (!row) throw new Error(`Workspace ${tx.workspaceId} has gone.`);
  return row.name;
}
