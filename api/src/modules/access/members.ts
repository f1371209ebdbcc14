import type { DataSource, EntityManager } from 'typeorm';
import { roles, type Role } from '../../platform/context.js';
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
  if (grant.role && roles.indexOf(grant.role) > roles.indexOf(own)) {
    throw new Failure('FORBIDDEN', `You cannot give the role ${grant.role}; yours is ${own}.`, {
      path: 'input.role',
    });
  }
}

/** Gives a member what the grant says and nothing else. Throws NOT_FOUND for a workspace of another organization. */
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
  for (const [index, { workspaceId, role }] of grant.workspaces.entries()) {
    const path = `input.workspaces[${index}].workspaceId`;
    if (!isId(workspaceId)) throw notFound('workspace', path);
    const added: unknown[] = await manager.query(
      `insert into member_workspaces (workspace_id, organization_id, user_id, role)
       select id, organization_id, $3, $4 from workspaces where id = $1 and organization_id = $2
       on conflict (workspace_id, user_id) do update set role = excluded.role returning workspace_id`,
      [workspaceId, organizationId, userId, role],
    );
    if (added.length === 0) throw notFound('workspace', path);
  }
}

/** Changes what a member may do. Throws NOT_FOUND, FORBIDDEN, or IN_USE for the last owner. */
export async function changeMember(
  directory: DataSource,
  target: { organizationId: string; userId: string; own: Role },
  grant: Grant,
): Promise<Member> {
  checkGrant(grant, target.own);
  await directory.transaction(async (manager) => {
    await requireManageable(manager, target);
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
  await directory.transaction(async (manager) => {
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

/** The role of a person in the whole organization. */
export async function roleIn(directory: DataSource, organizationId: string, userId: string): Promise<Role> {
  const rows: { role: Role | null }[] = await directory.query(
    'select role from members where organization_id = $1 and user_id = $2',
    [organizationId, userId],
  );
  return rows[0]?.role ?? 'viewer';
}
