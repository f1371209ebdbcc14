import type { DataSource, EntityManager } from 'typeorm';
import type { Viewer } from '../../platform/context.js';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { newId } from '../../platform/ids.js';
import { organizationsOf } from './members.js';
import { hashToken, newToken } from './secrets.js';

/** The name of the cookie that holds the session's token. */
export const sessionCookie = 'coterie_session';
/** How long a session lives, in days. */
export const sessionDays = 30;

/** Begins a session and returns its token, which is stored only as a hash. */
export async function beginSession(manager: EntityManager | DataSource, userId: string): Promise<string> {
  const token = newToken();
  await manager.query(
    `insert into sessions (id, token_hash, user_id, expires_at)
     values ($1, $2, $3, now() + $4 * interval '1 day')`,
    [newId(), hashToken(token), userId, sessionDays],
  );
  return token;
}

/** Ends one session. */
export async function endSession(
  directory: DataSource,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(...(await organizationsOf(manager, userId)));
    await manager.query('delete from sessions where id = $1', [sessionId]);
  });
}

interface SessionRow {
  session_id: string;
  user_id: string;
  email: string;
  name: string;
}

/** Whose session the token is; undefined when there is none, or it has ended. */
export async function viewerOfSession(directory: DataSource, token: string): Promise<Viewer | undefined> {
  const rows: SessionRow[] = await directory.query(
    `select s.id as session_id, u.id as user_id, u.email, u.name
     from sessions s join users u on u.id = s.user_id
     where s.token_hash = $1 and s.expires_at > now()`,
    [hashToken(token)],
  );
  const row = rows[0];
  if (!row) return undefined;
  return { kind: 'member', userId: row.user_id, email: row.email, name: row.name, sessionId: row.session_id };
}
