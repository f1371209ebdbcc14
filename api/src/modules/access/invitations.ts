import { fold } from '@coterie/rules';
import type { DataSource, EntityManager } from 'typeorm';
import type { Role, Viewer } from '../../platform/context.js';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId, newId } from '../../platform/ids.js';
import { actAs } from '../../platform/operation.js';
import { checkGrant, requireWorkspaces, writeGrant, type Grant } from './members.js';
import { hashPassword } from './passwords.js';
import { hashToken, newToken } from './secrets.js';
import { beginSession } from './sessions.js';
import { insertUser, readEmail } from './sign-up.js';

/** How long an invitation can be accepted, in days. */
export const invitationDays = 7;

/** An invitation as its organization sees it. */
export interface Invitation extends Grant {
  id: string;
  email: string;
  createdAt: Date;
  expiresAt: Date;
}

interface InvitationRow {
  organization_id: string;
  id: string;
  email: string;
  role: Role | null;
  workspace_roles: Grant['workspaces'];
  created_at: Date;
  expires_at: Date;
}

/**
 * An invitation that can be accepted. It is worth no more than who made it: when that person leaves the organization or
 * could not give the role any more, the invitation has ended.
 */
const stands = `invitations.accepted_at is null and invitations.expires_at > now() and exists (
  select from members as inviter
  where inviter.organization_id = invitations.organization_id and inviter.user_id = invitations.invited_by
    and (inviter.role = 'owner' or inviter.role = 'admin' and invitations.role is distinct from 'owner'))`;

/** The invitations that can still be accepted, newest first. */
export async function listInvitations(directory: DataSource, organizationId: string): Promise<Invitation[]> {
  const rows: InvitationRow[] = await directory.query(
    `select * from invitations where organization_id = $1 and ${stands} order by created_at desc, id desc`,
    [organizationId],
  );
  return rows.map(toInvitation);
}

/** Ends an invitation before it is accepted. Throws NOT_FOUND when there is none that can be. */
export async function revokeInvitation(
  directory: DataSource,
  organizationId: string,
  id: string,
): Promise<void> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    const [, revoked]: [unknown[], number] = isId(id)
      ? await manager.query(`delete from invitations where organization_id = $1 and id = $2 and ${stands}`, [
          organizationId,
          id,
        ])
      : [[], 0];
    if (revoked === 0) throw notFound('invitation');
  });
}

/**
 * Invites somebody. The token is in the result and nowhere else; who holds it may join under the invited e-mail address.
 * An earlier invitation of the same person ends. Throws CONFLICT when the person is a member already.
 */
export async function invite(
  directory: DataSource,
  by: { organizationId: string; userId: string; own: Role },
  input: { email: string } & Grant,
): Promise<{ invitation: Invitation; token: string }> {
  const email = readEmail(input.email, 'input.email');
  checkGrant(input, by.own);
  const token = newToken();
  const row = await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(by.organizationId);
    await refuseMember(manager, by.organizationId, email, 'input.email');
    await requireWorkspaces(manager, by.organizationId, input);
    await manager.query(
      'delete from invitations where organization_id = $1 and email = $2 and accepted_at is null',
      [by.organizationId, email],
    );
    const values = [
      by.organizationId,
      newId(),
      email,
      input.role,
      JSON.stringify(input.workspaces),
      hashToken(token),
    ];
    const rows: InvitationRow[] = await manager.query(
      `insert into invitations (organization_id, id, email, role, workspace_roles, token_hash, invited_by, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 day') returning *`,
      [...values, by.userId, invitationDays],
    );
    return rows[0] as InvitationRow;
  });
  return { invitation: toInvitation(row), token };
}

async function refuseMember(
  manager: EntityManager,
  organizationId: string,
  email: string,
  path: string,
): Promise<void> {
  const known: unknown[] = await manager.query(
    `select 1 from members m join users u on u.id = m.user_id where m.organization_id = $1 and u.email = $2`,
    [organizationId, email],
  );
  if (known.length > 0) {
    throw new Failure('CONFLICT', 'This person is a member already.', { path });
  }
}

/**
 * Joins an organization: as the person who is signed in, or with a new account. An invitation works once, and only for
 * the e-mail address that it was made for. Throws NOT_FOUND when it is unknown, used or expired, CONFLICT when the person
 * has become a member since.
 * @returns the token of a session, for somebody who was not signed in.
 */
export async function acceptInvitation(
  directory: DataSource,
  viewer: Viewer,
  input: { token: string; name?: string | null; password?: string | null },
): Promise<string | undefined> {
  // Before the password is hashed: that costs too much to be done for whoever asks.
  await requireInvitation(directory, input.token);
  const passwordHash =
    viewer.kind === 'member' ? '' : await hashPassword(input.password ?? '', 'input.password');
  return changeDirectory(directory, async ({ manager, concerns }) => {
    const invitation = await useInvitation(manager, input.token);
    concerns(invitation.organization_id);
    const userId =
      viewer.kind === 'member'
        ? invited(viewer, invitation)
        : await insertUser(manager, {
            email: invitation.email,
            name: input.name || invitation.email,
            passwordHash,
          });
    actAs(`user:${userId}`);
    // Otherwise an old invitation would take a higher role away, the last owner's too.
    await refuseMember(manager, invitation.organization_id, invitation.email, 'input.token');
    const grant = { role: invitation.role, workspaces: invitation.workspace_roles };
    await writeGrant(manager, invitation.organization_id, userId, grant);
    return viewer.kind === 'member' ? undefined : beginSession(manager, userId);
  });
}

async function requireInvitation(directory: DataSource, token: string): Promise<void> {
  const known: unknown[] = await directory.query(
    `select 1 from invitations where token_hash = $1 and ${stands}`,
    [hashToken(token)],
  );
  if (known.length === 0) throw noInvitation();
}

async function useInvitation(manager: EntityManager, token: string): Promise<InvitationRow> {
  const [rows]: [InvitationRow[], number] = await manager.query(
    `update invitations set accepted_at = now() where token_hash = $1 and ${stands} returning *`,
    [hashToken(token)],
  );
  if (rows[0]) return rows[0];
  throw noInvitation();
}

function noInvitation(): Failure {
  return new Failure('NOT_FOUND', 'This invitation is unknown, was used or withdrawn, or has expired.', {
    path: 'input.token',
  });
}

function invited(viewer: Extract<Viewer, { kind: 'member' }>, invitation: InvitationRow): string {
  if (fold(viewer.email) === invitation.email) return viewer.userId;
  throw new Failure(
    'FORBIDDEN',
    'This invitation was made for another e-mail address. Sign out to accept it.',
    {
      path: 'input.token',
    },
  );
}

function toInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    workspaces: row.workspace_roles,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
