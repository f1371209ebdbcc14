import type { DataSource } from 'typeorm';
import { changeDirectory } from '../../platform/database/change-directory.js';
import { Failure, notFound } from '../../platform/errors.js';
import { readCursor, toPage, type Page, type PageArgs } from '../../platform/graphql/pagination.js';
import { isId, newId } from '../../platform/ids.js';
import type { BlueprintDocument } from './document.js';

/** What an organization sets up the same way in many workspaces. */
export interface Blueprint {
  id: string;
  organizationId: string;
  name: string;
  description: string;
  latestVersion: number;
  createdBy: string;
  createdAt: Date;
  archivedAt: Date | null;
}

/** One of its versions. */
export interface BlueprintVersion {
  version: number;
  document: BlueprintDocument;
  note: string;
  createdBy: string;
  createdAt: Date;
}

/** Versions of one blueprint at most. */
const mostVersions = 1_000;

const columns = `b.id, b.organization_id as "organizationId", b.name, b.description, b.created_by as "createdBy",
  b.created_at as "createdAt", b.archived_at as "archivedAt",
  (select max(v.version) from blueprint_versions v
   where v.organization_id = b.organization_id and v.blueprint_id = b.id) as "latestVersion"`;

/** A page of the blueprints of an organization that are in use, by name. */
export async function pageBlueprints(
  directory: DataSource,
  organizationId: string,
  page: PageArgs,
): Promise<Page<Blueprint>> {
  const [name, id] = readCursor(page.after, 'text', 'id') ?? [null, null];
  const rows: Blueprint[] = await directory.query(
    `select ${columns} from blueprints b
     where organization_id = $1 and archived_at is null
       and ($2::text is null or (b.name, b.id) > ($2, $3::uuid))
     order by b.name, b.id limit $4`,
    [organizationId, name, id, page.first + 1],
  );
  return toPage(
    rows,
    page,
    (row) => [row.name, row.id],
    (row) => row,
  );
}

/** Blueprints of an organization by their ids, archived ones included, in no order. */
export async function blueprintsByIds(
  directory: DataSource,
  organizationId: string,
  ids: readonly string[],
): Promise<Blueprint[]> {
  return directory.query(
    `select ${columns} from blueprints b where organization_id = $1 and id = any($2::uuid[])`,
    [organizationId, ids],
  );
}

/** The blueprint; throws NOT_FOUND with `path` when the organization has none of this id. */
export async function requireBlueprint(
  directory: DataSource,
  organizationId: string,
  id: string,
  path = 'input.id',
): Promise<Blueprint> {
  const [found] = isId(id) ? await blueprintsByIds(directory, organizationId, [id]) : [];
  if (!found) throw notFound('blueprint', path);
  return found;
}

/** A blueprint that may be changed and applied. Throws CONFLICT when it is archived. */
export async function requireUsable(
  directory: DataSource,
  organizationId: string,
  id: string,
  path = 'input.id',
): Promise<Blueprint> {
  const found = await requireBlueprint(directory, organizationId, id, path);
  if (!found.archivedAt) return found;
  throw new Failure('CONFLICT', `${found.name} is archived.`, { path });
}

/** Its versions without their documents, the newest first. */
export async function listVersions(
  directory: DataSource,
  { organizationId, id }: Blueprint,
): Promise<Omit<BlueprintVersion, 'document'>[]> {
  return directory.query(
    `select version, note, created_by as "createdBy", created_at as "createdAt" from blueprint_versions
     where organization_id = $1 and blueprint_id = $2 order by version desc`,
    [organizationId, id],
  );
}

/** One version; throws NOT_FOUND with `path`. */
export async function requireVersion(
  directory: DataSource,
  { organizationId, id }: Pick<Blueprint, 'organizationId' | 'id'>,
  version: number,
  path: string,
): Promise<BlueprintVersion> {
  const [row]: BlueprintVersion[] = await directory.query(
    `select version, document, note, created_by as "createdBy", created_at as "createdAt" from blueprint_versions
     where organization_id = $1 and blueprint_id = $2 and version = $3`,
    [organizationId, id, version],
  );
  if (!row) throw notFound('version', path);
  return row;
}

/** What a new blueprint, or a new version of one, holds. */
export interface NewVersion {
  document: BlueprintDocument;
  note: string;
  actor: string;
  now: Date;
}

/** Stores a blueprint at version 1. */
export async function insertBlueprint(
  directory: DataSource,
  { organizationId, name, description }: Pick<Blueprint, 'organizationId' | 'name' | 'description'>,
  first: NewVersion,
): Promise<Blueprint> {
  const id = newId();
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query(
      `insert into blueprints (organization_id, id, name, description, created_by, created_at)
       values ($1, $2, $3, $4, $5, $6)`,
      [organizationId, id, name, description, first.actor, first.now],
    );
    await insertVersion(manager, { organizationId, id }, 1, first);
    return { id };
  });
  return requireBlueprint(directory, organizationId, id);
}

/** Adds a version to a blueprint. Throws CONFLICT when somebody else has added one since `expectedVersion`. */
export async function addVersion(
  directory: DataSource,
  { organizationId, id }: Blueprint,
  expectedVersion: number,
  next: NewVersion,
): Promise<Blueprint> {
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query('select 1 from blueprints where organization_id = $1 and id = $2 for update', [
      organizationId,
      id,
    ]);
    const [row]: { latest: number }[] = await manager.query(
      'select max(version) as latest from blueprint_versions where organization_id = $1 and blueprint_id = $2',
      [organizationId, id],
    );
    if (row?.latest !== expectedVersion)
      throw new Failure('CONFLICT', `The blueprint is at version ${row?.latest} by now.`, {
        path: 'input.expectedVersion',
      });
    if (expectedVersion >= mostVersions)
      throw new Failure('TOO_LARGE', `A blueprint has at most ${mostVersions} versions.`, {
        path: 'input.id',
      });
    await insertVersion(manager, { organizationId, id }, expectedVersion + 1, next);
    return { id };
  });
  return requireBlueprint(directory, organizationId, id);
}

async function insertVersion(
  manager: { query(text: string, values: unknown[]): Promise<unknown> },
  { organizationId, id }: Pick<Blueprint, 'organizationId' | 'id'>,
  version: number,
  { document, note, actor, now }: NewVersion,
): Promise<void> {
  await manager.query(
    `insert into blueprint_versions (organization_id, blueprint_id, version, document, note, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [organizationId, id, version, JSON.stringify(document), note, actor, now],
  );
}

/** Changes how a blueprint is called, or puts it aside and takes it back. What it has set up stays as it is. */
export async function updateBlueprint(
  directory: DataSource,
  { organizationId, id }: Blueprint,
  change: { name?: string; description?: string; archivedAt?: Date | null },
): Promise<Blueprint> {
  const { name = null, description = null, archivedAt } = change;
  await changeDirectory(directory, async ({ manager, concerns }) => {
    concerns(organizationId);
    await manager.query(
      `update blueprints set name = coalesce($3, name), description = coalesce($4, description),
         archived_at = case when $5 then $6::timestamptz else archived_at end
       where organization_id = $1 and id = $2`,
      [organizationId, id, name, description, archivedAt !== undefined, archivedAt ?? null],
    );
    return { id };
  });
  return requireBlueprint(directory, organizationId, id);
}
