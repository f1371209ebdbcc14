import type { DataSource } from 'typeorm';
import {
  actorOf,
  roles,
  type RequestContext,
  type Role,
  type Viewer,
  type WorkspaceAccess,
  type WorkspaceContext,
} from '../../platform/context.js';
import { Failure, notFound } from '../../platform/errors.js';
import { missingScope, type AccessRule, type Authorise } from '../../platform/graphql/access.js';
import { isId } from '../../platform/ids.js';
import { actAs } from '../../platform/operation.js';
import type { Quotas } from '../../platform/usage.js';

type WorkspaceRule = Extract<AccessRule, { kind: 'workspace' }>;

/** The one place that decides who may do what. */
export function createAuthorise(directory: DataSource, quotas: Quotas): Authorise {
  return async (context, rule, target) => {
    actAs(actorOf(context));
    switch (rule.kind) {
      case 'public':
      case 'parent':
        return context;
      case 'member':
        memberOf(context.viewer);
        return context;
      case 'organization':
        await requireOrganization(directory, context.viewer, target.organizationId, rule.role);
        return context;
      case 'workspace': {
        const allowed = await authoriseWorkspace(directory, context, rule, target.workspaceId);
        await quotas.countCall(context.signal, allowed.workspace.id, context.viewer);
        return allowed;
      }
    }
  };
}

function memberOf(viewer: Viewer): Extract<Viewer, { kind: 'member' }> {
  if (viewer.kind === 'member') return viewer;
  if (viewer.kind === 'nobody') throw unauthenticated();
  throw new Failure('FORBIDDEN', 'This needs a person who is signed in; an API key is not enough.');
}

function unauthenticated(): Failure {
  return new Failure('UNAUTHENTICATED', 'Sign in, or present an API key.');
}

async function requireOrganization(
  directory: DataSource,
  viewer: Viewer,
  organizationId: string | undefined,
  least: Role,
): Promise<void> {
  const { userId } = memberOf(viewer);
  if (organizationId === undefined) {
    throw new Failure('INVALID_INPUT', 'Say which organization.', { path: 'organizationId' });
  }
  const rows: { role: Role | null }[] = isId(organizationId)
    ? await directory.query('select role from members where organization_id = $1 and user_id = $2', [
        organizationId,
        userId,
      ])
    : [];
  const member = rows[0];
  if (!member) throw notFound('organization', 'organizationId');
  // A member of single workspaces sees the organization that they are in, and nothing that concerns all of it.
  requireRole(member.role ?? 'viewer', least);
}

function requireRole(role: Role, least: Role): void {
  if (roles.indexOf(role) >= roles.indexOf(least)) return;
  throw new Failure('FORBIDDEN', `This needs the role ${least}; yours is ${role}.`);
}

async function authoriseWorkspace(
  directory: DataSource,
  context: RequestContext,
  rule: WorkspaceRule,
  wanted: string | undefined,
): Promise<WorkspaceContext> {
  const { viewer } = context;
  if (viewer.kind === 'nobody') throw unauthenticated();
  const workspace =
    viewer.kind === 'key'
      ? await workspaceOfKey(directory, viewer.workspaceId, wanted)
      : await workspaceOfMember(directory, viewer.userId, wanted);
  if (!workspace) throw notFound('workspace', 'workspaceId');
  if (viewer.kind === 'key') requireScope(viewer.scopes, rule.scope);
  else requireRole(workspace.role ?? 'viewer', rule.role);
  return { ...context, workspace };
}

function requireScope(held: readonly string[], scope: WorkspaceRule['scope']): void {
  if (scope === 'any') return;
  if (scope === 'none')
    throw new Failure('FORBIDDEN', 'This needs a person who is signed in; an API key is not enough.');
  if (!held.includes(scope)) throw missingScope(scope);
}

interface WorkspaceRow {
  id: string;
  organization_id: string;
  name: string;
  time_zone: string;
  default_country: string | null;
  role: Role | null;
}

const columns = 'w.id, w.organization_id, w.name, w.time_zone, w.default_country';

/** A key stands for one workspace, so it need not name it. */
async function workspaceOfKey(
  directory: DataSource,
  own: string,
  wanted = own,
): Promise<WorkspaceAccess | undefined> {
  if (wanted.toLowerCase() !== own) return undefined;
  const rows: WorkspaceRow[] = await directory.query(
    `select ${columns}, null as role from workspaces w where w.id = $1 and w.archived_at is null`,
    [own],
  );
  return rows[0] && toAccess(rows[0]);
}

async function workspaceOfMember(
  directory: DataSource,
  userId: string,
  wanted: string | undefined,
): Promise<WorkspaceAccess | undefined> {
  if (wanted === undefined)
    throw new Failure('INVALID_INPUT', 'Say which workspace.', { path: 'workspaceId' });
  if (!isId(wanted)) return undefined;
  const rows: WorkspaceRow[] = await directory.query(
    `select ${columns}, coalesce(m.role, mw.role) as role
     from workspaces w
     join members m on m.organization_id = w.organization_id and m.user_id = $2
     left join member_workspaces mw on mw.workspace_id = w.id and mw.user_id = m.user_id
     where w.id = $1 and w.archived_at is null and coalesce(m.role, mw.role) is not null`,
    [wanted, userId],
  );
  return rows[0] && toAccess(rows[0]);
}

function toAccess(row: WorkspaceRow): WorkspaceAccess {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    timeZone: row.time_zone,
    defaultCountry: row.default_country,
    role: row.role,
  };
}
