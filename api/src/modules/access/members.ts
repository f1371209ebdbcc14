import type { DataSource, EntityManager } from 'typeorm';
import { roles, type Role } from '../../platform/context.js';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { Failure, notFound } from '../../platform/errors.js';
import { isId } from '../../platform/ids.js';

/** A role in one workspace. */
export interface WorkspaceRole {
  workspaceId: string;
  role: Exclude<Role, 'owner'>;
}

/** What a member may do: a role in the whole organization, or roles in named workspaces. */
export interface Grant {
  role: Role | null;
  workspaces: WorkspaceRole[];
}

/** A person in an organization. */
export interface Member extends Grant {
  userId: string;
  name: string;
  email: string;
}

/** Every member of the organization, by name. */
export async function listMembers(directory: DataSource, organizationId: string): Promise<Member[]> {
  return directory.query(
    `select u.id as "userId", u.name, u.email, m.role,
       coalesce((select jsonb_agg(jsonb_build_object('workspaceId', mw.workspace_id, 'role', mw.role) order by mw.workspace_id)
                 from member_workspaces mw where mw.organization_id = m.organization_id and mw.user_id = m.user_id),
                '[]') as workspaces
     from members m join users u on u.id = m.user_id
     where m.organization_id = $1 order by u.name, u.id`,
    [organizationId],
  );
}

/**
 * Checks that a grant says one thing, and that who gives it holds as much. Throws INVALID_INPUT or FORBIDDEN.
 * @param own the role of who gives it.
 */
export function checkGrant(grant: Grant, own: Role): void {
  if ((grant.role === null) === (grant.workspaces.length === 0)) {
    throw new Failure(
      'INVALID_INPUT',
      'Give either a role in the whole organization or roles in workspaces.',
      {
        path: 'input.role',
      },
    );
  }
  // What GraphQL lets through is any role: its enumeration knows no narrower one for a single workspace.
  const owned = grant.workspaces.findIndex(({ role }) => (role as Role) === 'owner');
  if (owned >= 0) {
    throw new Failure('INVALID_INPUT', 'An owner owns the whole organization, not a single workspace.', {
      path: `input.workspaces[${owned}].role`,
    });
  }
  if (grant.role && roles.indexOf(grant.role) > roles.indexOf(own)) {
    throw new Failure('FORBIDDEN', `You cannot give the role ${grant.role}; yours is ${own}.`, {
      path: 'input.role',
    });
  }
}

/** Throws NOT_FOUND, alike for a workspace of another organization and for none at all. */
export async function requireWorkspaces(
  manager: EntityManager,
  organizationId: string,
  { workspaces }: Grant,
): Promise<void> {
  const rows: { id: string }[] = await manager.query(
    'select id from workspaces where organization_id = $1 and id = any($2)',
    [organizationId, workspaces.map(({ workspaceId }) => workspaceId).filter(isId)],
  );
  const known = new Set(rows.map(({ id }) => id));
  const strange = workspaces.findIndex(({ workspaceId }) => !known.has(workspaceId.toLowerCase()));
  if (strange >= 0) throw notFound('workspace', `input.workspaces[${strange}].workspaceId`);
}

/** Gives a member what the grant says and nothing else; its workspaces must be the organization's. */
export async function writeGrant(
  manager: EntityManager,
  organizationId: string,
  userId: string,
  grant: Grant,
): Promise<void> {
  await manager.query(
    `insert into members (organization_id, user_id, role) values ($1, $2, $3)
     on conflict (organization_id, user_id) do update set role = excluded.role`,
    [organizationId, userId, grant.role],
  );
  await manager.query('delete from member_workspaces where organization_id = $1 and user_id = $2', [
    organizationId,
    userId,
  ]);
  for (const { workspaceId, role } of grant.workspaces) {
    await manager.query(
      `insert into member_workspaces (workspace_id, organization_id, user_id, role) values ($1, $2, $3, $4)
       on conflict (workspace_id, user_id) do update set role = excluded.role`,
      [workspaceId, organizationId, userId, role],
    );
  }
}

/** Changes what a member may do. Throws NOT_FOUND, FORBIDDEN, or IN_USE for the last owner. */
export async function changeMember(
  directory: DataSource,
  target: { organizationId: string; userId: string; own: Role },
  grant: Grant,
): Promise<Member> {
  checkGrant(grant, target.own);
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(target.organizationId);
    await requireManageable(manager, target);
    await requireWorkspaces(manager, target.organizationId, grant);
    await writeGrant(manager, target.organizationId, target.userId, grant);
    await requireOwner(manager, target.organizationId);
  });
  const members = await listMembers(directory, target.organizationId);
  return members.find(({ userId }) => userId === target.userId.toLowerCase()) as Member;
}

/** Takes a member out of the organization. Throws NOT_FOUND, FORBIDDEN, or IN_USE for the last owner. */
export async function removeMember(
  directory: DataSource,
  target: { organizationId: string; userId: string; own: Role },
): Promise<void> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(target.organizationId);
    await requireManageable(manager, target);
    await manager.query('delete from members where organization_id = $1 and user_id = $2', [
      target.organizationId,
      target.userId,
    ]);
    await requireOwner(manager, target.organizationId);
  });
}

/** Nobody changes somebody above them. Locks the organization's members, so that two cannot remove each other. */
async function requireManageable(
  manager: EntityManager,
  { organizationId, userId, own }: { organizationId: string; userId: string; own: Role },
): Promise<void> {
  await manager.query('select 1 from organizations where id = $1 for update', [organizationId]);
  const rows: { role: Role | null }[] = isId(userId)
    ? await manager.query('select role from members where organization_id = $1 and user_id = $2', [
        organizationId,
        userId,
      ])
    : [];
  const member = rows[0];
  if (!member) throw notFound('member', 'userId');
  if (roles.indexOf(member.role ?? 'viewer') > roles.indexOf(own)) {
    throw new Failure(
      'FORBIDDEN',
      `You cannot change a member with the role ${member.role}; yours is ${own}.`,
      {
        path: 'userId',
      },
    );
  }
}

async function requireOwner(manager: EntityManager, organizationId: string): Promise<void> {
  const owners: unknown[] = await manager.query(
    `select 1 from members where organization_id = $1 and role = 'owner' limit 1`,
    [organizationId],
  );
  if (owners.length === 0) {
    throw new Failure('IN_USE', 'An organization needs an owner: make somebody else one first.', {
      path: 'userId',
    });
  }
}

/** The organizations that a person is a member of, by id. */
export async function organizationsOf(manager: EntityManager, userId: string): Promise<string[]> {
  const rows: { id: string }[] = await manager.query(
    'select organization_id as id from members where user_id = $1 order by 1',
    [userId],
  );
  return rows.map(({ id }) => id);
}

/** The role of a person in the whole organization. */
export async function roleIn(directory: DataSource, organizationId: string, userId: string): Promise<Role> {
  const rows: { role: Role | null }[] = await directory.query(
    'select role from members where organization_id = $1 and user_id = $2',
    [organizationId, userId],
  );
  return rows[0]?.role ?? 'viewer';
}
