import type { DataSource } from 'typeorm';
import type { Role } from '../../platform/context.js';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { readCursor, toPage, type Page, type PageArgs } from '../../platform/graphql/pagination.js';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { newId } from '../../platform/ids.js';

/** A workspace as one viewer sees it. */
export interface Workspace {
  id: string;
  organizationId: string;
  name: string;
  timeZone: string;
  defaultCountry: string | null;
  companiesFromEmail: boolean;
  /** Null for an API key. */
  role: Role | null;
  createdAt: Date;
}

/** An organization as one member sees it. */
export interface Organization {
  id: string;
  name: string;
  role: Role | null;
  createdAt: Date;
}

interface WorkspaceRow {
  id: string;
  organization_id: string;
  name: string;
  time_zone: string;
  default_country: string | null;
  companies_from_email: boolean;
  role: Role | null;
  created_at: Date;
}

const columns =
  'w.id, w.organization_id, w.name, w.time_zone, w.default_country, w.companies_from_email, w.created_at';

/** A workspace that was found to be the viewer's. */
export async function findWorkspace(
  directory: DataSource,
  id: string,
  role: Role | null,
): Promise<Workspace> {
  const rows: WorkspaceRow[] = await directory.query(
    `select ${columns}, $2 as role from workspaces w where w.id = $1`,
    [id, role],
  );
  return toWorkspace(rows[0] as WorkspaceRow);
}

/** The organizations that the person is a member of, by name. */
export async function listOrganizations(directory: DataSource, userId: string): Promise<Organization[]> {
  const rows: { id: string; name: string; role: Role | null; created_at: Date }[] = await directory.query(
    `select o.id, o.name, m.role, o.created_at from members m join organizations o on o.id = m.organization_id
     where m.user_id = $1 order by o.name, o.id`,
    [userId],
  );
  return rows.map(({ id, name, role, created_at }) => ({ id, name, role, createdAt: created_at }));
}

/**
 * A page of the workspaces of an organization that the member may enter, by name.
 * @param search part of the name, in any case.
 */
export async function pageWorkspaces(
  directory: DataSource,
  { organizationId, userId, search }: { organizationId: string; userId: string; search: string | null },
  page: PageArgs,
): Promise<Page<Workspace>> {
  const [name, id] = readCursor(page.after, 'text', 'id') ?? [null, null];
  const rows: WorkspaceRow[] = await directory.query(
    `select ${columns}, coalesce(m.role, mw.role) as role
     from workspaces w
     join members m on m.organization_id = w.organization_id and m.user_id = $2
     left join member_workspaces mw on mw.workspace_id = w.id and mw.user_id = m.user_id
     where w.organization_id = $1 and w.archived_at is null and coalesce(m.role, mw.role) is not null
       and ($3::text is null or strpos(lower(w.name), lower($3)) > 0)
       and ($4::text is null or (w.name, w.id) > ($4, $5::uuid))
     order by w.name, w.id limit $6`,
    [organizationId, userId, search, name, id, page.first + 1],
  );
  return toPage(rows, page, (row) => [row.name, row.id], toWorkspace);
}

/** Adds a workspace. */
export async function insertWorkspace(
  directory: DataSource,
  organizationId: string,
  input: { name: string; timeZone: string; defaultCountry: string | null; companiesFromEmail: boolean },
): Promise<string> {
  const id = newId();
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query(
      `insert into workspaces (id, organization_id, name, time_zone, default_country, companies_from_email)
       values ($1, $2, $3, $4, $5, $6)`,
      [id, organizationId, input.name, input.timeZone, input.defaultCountry, input.companiesFromEmail],
    );
    return { id };
  });
  return id;
}

/** What can be changed of a workspace; what is null or missing stays. */
export interface WorkspaceChange {
  name?: string | null;
  timeZone?: string | null;
  defaultCountry?: string | null;
  companiesFromEmail?: boolean | null;
}

/** Changes what is given. */
export async function changeWorkspace(
  directory: DataSource,
  { id, organizationId }: { id: string; organizationId: string },
  change: WorkspaceChange,
): Promise<void> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query(
      `update workspaces set name = coalesce($2, name), time_zone = coalesce($3, time_zone),
         default_country = coalesce($4, default_country), companies_from_email = coalesce($5, companies_from_email)
       where id = $1`,
      [
        id,
        change.name ?? null,
        change.timeZone ?? null,
        change.defaultCountry ?? null,
        change.companiesFromEmail ?? null,
      ],
    );
    return { id };
  });
}

/**
 * Whether another time zone than the present one would move dates that are held: a day is kept as its midnight in the
 * zone, and would become the day before in a zone further west.
 */
export async function keepsTimeZone(tx: WorkspaceTransaction, timeZone: string): Promise<boolean> {
  const [row] = await tx.query<{ keeps: boolean }>(
    `select time_zone <> $2 and (
       exists (select from contact_attributes where instant is not null)
       or exists (select from company_attributes where instant is not null)
     ) as keeps from workspaces where id = $1`,
    [tx.workspaceId, timeZone],
  );
  return row?.keeps ?? false;
}

/** Hides a workspace from everybody, its keys included; its data stay. */
export async function hideWorkspace(
  directory: DataSource,
  { id, organizationId }: { id: string; organizationId: string },
): Promise<void> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query('update workspaces set archived_at = coalesce(archived_at, now()) where id = $1', [
      id,
    ]);
    return { id };
  });
}

function toWorkspace(row: WorkspaceRow): Workspace {
  return {
    id: row.id,
    organizationId: row.organization_id,
    name: row.name,
    timeZone: row.time_zone,
    defaultCountry: row.default_country,
    companiesFromEmail: row.companies_from_email,
    role: row.role,
    createdAt: row.created_at,
  };
}
