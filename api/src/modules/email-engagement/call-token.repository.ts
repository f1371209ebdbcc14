import { createHash } from 'node:crypto';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';

const digest = (value: Buffer | string): Buffer => createHash('sha256').update(value).digest();

/**
 * Takes a token for this body.
 * @returns whether it may be: false when it has come with another body. The same call once more is no other.
 */
export async function claimToken(
  tx: WorkspaceTransaction,
  sourceId: string,
  { token, body, now }: { token: string; body: Buffer; now: Date },
): Promise<boolean> {
  const [tokenHash, bodyHash] = [digest(token), digest(body)];
  const claimed = await tx.query(
    `insert into email_call_tokens (workspace_id, source_id, token_hash, body_hash, received_at)
     values ($1, $2, $3, $4, $5) on conflict do nothing returning token_hash`,
    [tx.workspaceId, sourceId, tokenHash, bodyHash, now],
  );
  if (claimed.length > 0) return true;
  const same = await tx.query(
    'select 1 from email_call_tokens where source_id = $1 and token_hash = $2 and body_hash = $3',
    [sourceId, tokenHash, bodyHash],
  );
  return same.length > 0;
}

/** Forgets tokens of calls before a moment. */
export async function deleteTokens(tx: WorkspaceTransaction, until: Date): Promise<void> {
  await tx.query('delete from email_call_tokens where received_at < $1', [until]);
}
