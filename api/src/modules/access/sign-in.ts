import { fold } from '@coterie/rules';
import type { DataSource } from 'typeorm';
import { changeDirectory, type DirectoryTransaction } from '../../platform/database/change-directory.js';
import { Failure } from '../../platform/errors.js';
import { actAs } from '../../platform/operation.js';
import { organizationsOf } from './members.js';
import { checkPassword, hashPassword } from './passwords.js';
import { hashToken } from './secrets.js';
import { beginSession } from './sessions.js';

/** Wrong passwords in a row after which an address is locked, whether there is an account or not. */
export const mostAttempts = 10;
/** How long it stays locked, in minutes. */
export const lockMinutes = 15;

interface UserRow {
  id: string;
  password_hash: string;
}

/**
 * Checks e-mail and password and begins a session. An unknown address and a wrong password answer alike, take as
 * long, and are locked alike. Throws UNAUTHENTICATED, or LOCKED after too many wrong passwords.
 * @returns the session's token.
 */
export async function signIn(
  directory: DataSource,
  input: { email: string; password: string },
): Promise<string> {
  const proven = await provePassword(directory, fold(input.email.trim()), input.password);
  const token = proven && (await changeDirectory(directory, (tx) => enter(tx, proven)));
  if (token === undefined) throw new Failure('UNAUTHENTICATED', 'E-mail or password is wrong.');
  return token;
}

/** Begins a session unless the password was changed since it was checked: that change has ended all sessions. */
async function enter(
  { manager, concerns }: DirectoryTransaction,
  user: UserRow,
): Promise<string | undefined> {
  const same: unknown[] = await manager.query(
    'select 1 from users where id = $1 and password_hash = $2 for share',
    [user.id, user.password_hash],
  );
  if (same.length === 0) return undefined;
  actAs(`user:${user.id}`);
  concerns(...(await organizationsOf(manager, user.id)));
  return beginSession(manager, user.id);
}

/** Whose e-mail and password these are; undefined when they do not fit. Throws LOCKED after too many attempts. */
async function provePassword(
  directory: DataSource,
  email: string,
  password: string,
): Promise<UserRow | undefined> {
  const isLocked = await countAttempt(directory, email);
  const [user]: UserRow[] = await directory.query('select id, password_hash from users where email = $1', [
    email,
  ]);
  const fits = await checkPassword(password, user?.password_hash);
  if (isLocked) {
    throw new Failure('LOCKED', `Too many wrong passwords. Try again in ${lockMinutes} minutes.`, {
      retryAfter: lockMinutes * 60,
    });
  }
  if (!user || !fits) return undefined;
  await directory.query('delete from sign_in_attempts where email_hash = $1', [hashToken(email)]);
  return user;
}

/**
 * Counts the attempt before the password is looked at, in one statement: attempts made at the same time are counted one
 * after the other, so none slips through between another's check and its count.
 * @returns whether the address is locked.
 */
async function countAttempt(directory: DataSource, email: string): Promise<boolean> {
  const rows: { locked: boolean }[] = await directory.query(
    `insert into sign_in_attempts as known (email_hash, failed, last_at) values ($1, 1, now())
     on conflict (email_hash) do update set
       failed = case when known.locked_until <= now() then 1 else known.failed + 1 end,
       locked_until = case
         when known.locked_until > now() then known.locked_until
         when known.locked_until is null and known.failed + 1 > $2 then now() + $3 * interval '1 minute'
       end,
       last_at = now()
     returning coalesce(locked_until > now(), false) as locked`,
    [hashToken(email), mostAttempts, lockMinutes],
  );
  return rows[0]?.locked ?? false;
}

/**
 * Changes the password and ends every other session of the person. Throws INVALID_INPUT when the current password is
 * wrong, which counts as at signing in: a session that was left open must not serve to guess it.
 */
export async function changePassword(
  directory: DataSource,
  viewer: { userId: string; email: string; sessionId: string },
  input: { current: string; next: string },
): Promise<void> {
  if ((await provePassword(directory, viewer.email, input.current)) === undefined) {
    throw new Failure('INVALID_INPUT', 'The current password is wrong.', { path: 'input.currentPassword' });
  }
  const next = await hashPassword(input.next, 'input.newPassword');
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(...(await organizationsOf(manager, viewer.userId)));
    await manager.query('update users set password_hash = $2 where id = $1', [viewer.userId, next]);
    await manager.query('delete from sessions where user_id = $1 and id <> $2', [
      viewer.userId,
      viewer.sessionId,
    ]);
  });
}
