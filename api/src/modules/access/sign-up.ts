import { isEmail } from '@coterie/ad-formats';
import { fold } from '@coterie/rules';
import type { DataSource, EntityManager } from 'typeorm';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { Failure } from '../../platform/errors.js';
import { newId } from '../../platform/ids.js';
import { actAs } from '../../platform/operation.js';
import type { Settings } from '../../settings.js';
import { hashPassword } from './passwords.js';
import { beginSession } from './sessions.js';

/** What somebody says who begins an organization. */
export interface SignUp {
  name: string;
  email: string;
  password: string;
  organizationName: string;
  workspaceName: string;
  timeZone: string;
}

/**
 * Makes a person, the organization that they own, and its first workspace, and signs the person in.
 * Throws FORBIDDEN when the settings do not let this person begin one, CONFLICT when the e-mail is taken.
 * @returns the session's token.
 */
export async function signUp(
  directory: DataSource,
  policy: Settings['signUp'],
  input: SignUp,
): Promise<string> {
  const email = readEmail(input.email, 'input.email');
  // Before the password is hashed: that costs too much to be done for whoever asks.
  await checkPolicy(directory.manager, policy);
  const passwordHash = await hashPassword(input.password, 'input.password');
  return changeDirectory(directory, async ({ manager, concerns }) => {
    await checkPolicy(manager, policy);
    const userId = await insertUser(manager, { email, name: input.name, passwordHash });
    const [organizationId, workspaceId] = [newId(), newId()];
    concerns(organizationId);
    actAs(`user:${userId}`);
    await manager.query('insert into organizations (id, name) values ($1, $2)', [
      organizationId,
      input.organizationName,
    ]);
    await manager.query(`insert into members (organization_id, user_id, role) values ($1, $2, 'owner')`, [
      organizationId,
      userId,
    ]);
    await manager.query(
      'insert into workspaces (id, organization_id, name, time_zone) values ($1, $2, $3, $4)',
      [workspaceId, organizationId, input.workspaceName, input.timeZone],
    );
    return beginSession(manager, userId);
  });
}

/** An e-mail address in the form that accounts are kept under. Throws INVALID_INPUT when it is none. */
export function readEmail(text: string, path: string): string {
  const email = fold(text.trim());
  if (!isEmail(email)) throw new Failure('INVALID_INPUT', 'This is not an e-mail address.', { path });
  return email;
}

/** Adds a person. Throws CONFLICT when the e-mail is taken. */
export async function insertUser(
  manager: EntityManager,
  user: { email: string; name: string; passwordHash: string },
): Promise<string> {
  const id = newId();
  const rows: unknown[] = await manager.query(
    `insert into users (id, email, name, password_hash) values ($1, $2, $3, $4)
     on conflict (email) do nothing returning id`,
    [id, user.email, user.name, user.passwordHash],
  );
  if (rows.length === 0) {
    throw new Failure('CONFLICT', 'There is an account with this e-mail already: sign in instead.', {
      path: 'input.email',
    });
  }
  return id;
}

/** Whether the settings let somebody begin an organization now. */
export async function canSignUp(
  directory: Pick<EntityManager, 'query'>,
  policy: Settings['signUp'],
): Promise<boolean> {
  if (policy !== 'first') return policy === 'open';
  const known: unknown[] = await directory.query('select 1 from organizations limit 1');
  return known.length === 0;
}

async function checkPolicy(manager: EntityManager, policy: Settings['signUp']): Promise<void> {
  // Two people who begin at the same moment must not both be the first.
  if (policy === 'first') await manager.query(`select pg_advisory_xact_lock(hashtext('first sign-up'))`);
  if (await canSignUp(manager, policy)) return;
  throw new Failure('FORBIDDEN', 'New organizations cannot be created here. Ask for an invitation.');
}
