import type { Rule } from '@coterie/rules';
import { Brackets, In, IsNull } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { notFound } from '../../platform/errors.js';
import {
  largestPage,
  readCursor,
  toPage,
  type Page,
  type PageArgs,
} from '../../platform/graphql/pagination.js';
import { isId } from '../../platform/ids.js';
import { SegmentEntity, SegmentVersionEntity, type SegmentKind } from './segment.entity.js';

/** Which segments to list. */
export interface SegmentFilter {
  kind?: SegmentKind | null;
  /** True: only archived ones; otherwise only active ones. */
  archived?: boolean | null;
  /** A piece of the name, compared in folded form. */
  folded?: string | null;
}

/** In which order to list them; ids break ties. */
export interface SegmentOrder {
  by: 'name' | 'createdAt' | 'updatedAt';
  descending: boolean;
}

const sortKeys = {
  name: { column: 'segment.foldedName', of: (segment: SegmentEntity) => segment.foldedName },
  createdAt: { column: 'segment.createdAt', of: (segment: SegmentEntity) => segment.createdAt.toISOString() },
  updatedAt: { column: 'segment.updatedAt', of: (segment: SegmentEntity) => segment.updatedAt.toISOString() },
} as const;

/** The segment, or null. Any text may be asked for: what is no id names nothing. */
export async function findSegment(tx: WorkspaceTransaction, id: string): Promise<SegmentEntity | null> {
  if (!isId(id)) return null;
  return tx.manager.getRepository(SegmentEntity).findOneBy({ workspaceId: tx.workspaceId, id });
}

/** The segment; throws NOT_FOUND with `path` when the workspace has none of this id. */
export async function requireSegment(
  tx: WorkspaceTransaction,
  id: string,
  path = 'id',
): Promise<SegmentEntity> {
  const segment = await findSegment(tx, id);
  if (!segment) throw notFound('segment', path);
  return segment;
}

/** Segments by their ids, archived ones included, in no order. */
export async function segmentsByIds(
  tx: WorkspaceTransaction,
  ids: readonly string[],
): Promise<SegmentEntity[]> {
  return tx.manager.getRepository(SegmentEntity).findBy({ workspaceId: tx.workspaceId, id: In([...ids]) });
}

/** One page of the workspace's segments. */
export async function listSegments(
  tx: WorkspaceTransaction,
  filter: SegmentFilter,
  order: SegmentOrder,
  page: PageArgs,
): Promise<Page<SegmentEntity>> {
  const key = sortKeys[order.by];
  const direction = order.descending ? 'DESC' : 'ASC';
  const query = tx.manager
    .getRepository(SegmentEntity)
    .createQueryBuilder('segment')
    .where('segment.workspaceId = :workspaceId', { workspaceId: tx.workspaceId })
    .andWhere(filter.archived ? 'segment.archivedAt is not null' : 'segment.archivedAt is null')
    .orderBy(key.column, direction)
    .addOrderBy('segment.id', direction)
    .limit(page.first + 1);
  if (filter.kind) query.andWhere('segment.kind = :kind', { kind: filter.kind });
  if (filter.folded) query.andWhere('position(:folded in segment.foldedName) > 0', { folded: filter.folded });
  const after = readCursor(page.after, order.by === 'name' ? 'text' : 'instant', 'id');
  if (after) {
    const beyond = order.descending ? '<' : '>';
    query.andWhere(
      new Brackets((where) =>
        where.where(`(${key.column}, segment.id) ${beyond} (:afterKey, :afterId)`, {
          afterKey: after[0],
          afterId: after[1],
        }),
      ),
    );
  }
  const rows = await query.getMany();
  return toPage(
    rows,
    page,
    (row) => [key.of(row), row.id],
    (row) => row,
  );
}

/** Every active segment of the workspace, by name. */
export async function allActiveSegments(tx: WorkspaceTransaction): Promise<SegmentEntity[]> {
  return tx.manager.getRepository(SegmentEntity).find({
    where: { workspaceId: tx.workspaceId, archivedAt: IsNull() },
    order: { foldedName: 'ASC', id: 'ASC' },
  });
}

/** Every segment with a rule, archived ones included, by id. */
export async function segmentsWithRules(
  tx: WorkspaceTransaction,
): Promise<(SegmentEntity & { rule: Rule })[]> {
  const segments = await tx.manager.getRepository(SegmentEntity).find({
    where: { workspaceId: tx.workspaceId, kind: 'rule' },
    order: { id: 'ASC' },
  });
  return segments.filter((segment): segment is SegmentEntity & { rule: Rule } => segment.rule !== null);
}

/** Whether another active segment has this name. */
export async function isNameTaken(
  tx: WorkspaceTransaction,
  foldedName: string,
  exceptId: string,
): Promise<boolean> {
  const rows = await tx.query(
    `select 1 from segments where folded_name = $1 and id <> $2 and archived_at is null limit 1`,
    [foldedName, exceptId],
  );
  return rows.length > 0;
}

/** Writes a segment as it now is, together with the version that this makes. */
export async function storeSegment(
  tx: WorkspaceTransaction,
  segment: SegmentEntity,
  actor: string,
): Promise<void> {
  await tx.manager.getRepository(SegmentEntity).save(segment, { reload: false });
  await tx.manager.getRepository(SegmentVersionEntity).insert({
    workspaceId: segment.workspaceId,
    segmentId: segment.id,
    version: segment.version,
    name: segment.name,
    description: segment.description,
    // TypeORM's type for inserts takes apart every object, which a recursive one does not survive.
    rule: segment.rule as never,
    createdBy: actor,
    createdAt: segment.updatedAt,
  });
}

/** Notes when the segment was archived; null brings it back. */
export async function setArchived(
  tx: WorkspaceTransaction,
  id: string,
  archivedAt: Date | null,
): Promise<void> {
  await tx.manager.getRepository(SegmentEntity).update({ workspaceId: tx.workspaceId, id }, { archivedAt });
}

/** Notes which segments and lists the rule of this one names. */
export async function replaceReferences(
  tx: WorkspaceTransaction,
  id: string,
  referenced: readonly string[],
): Promise<void> {
  await tx.query('delete from segment_references where segment_id = $1', [id]);
  await tx.query(
    `insert into segment_references (workspace_id, segment_id, referenced_id)
     select $1, $2, referenced from unnest($3::uuid[]) as referenced`,
    [tx.workspaceId, id, referenced],
  );
}

/** One version of a segment, or null. */
export async function findVersion(
  tx: WorkspaceTransaction,
  segmentId: string,
  version: number,
): Promise<SegmentVersionEntity | null> {
  return tx.manager
    .getRepository(SegmentVersionEntity)
    .findOneBy({ workspaceId: tx.workspaceId, segmentId, version });
}

/** One page of a segment's versions, the newest first. */
export async function listVersions(
  tx: WorkspaceTransaction,
  segmentId: string,
  page: PageArgs,
): Promise<Page<SegmentVersionEntity>> {
  const after = readCursor(page.after, 'integer');
  const query = tx.manager
    .getRepository(SegmentVersionEntity)
    .createQueryBuilder('version')
    .where('version.segmentId = :segmentId', { segmentId })
    .orderBy('version.version', 'DESC')
    .limit(Math.min(page.first, largestPage) + 1);
  if (after) query.andWhere('version.version < :after', { after: after[0] });
  return toPage(
    await query.getMany(),
    page,
    (row) => [row.version],
    (row) => row,
  );
}

/**
 * Makes changes of definitions in a workspace wait for each other until the end of the transaction: two of them
 * together could close a cycle, or use what the other archives, that each alone does not.
 */
export async function lockDefinitions(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('segments:' || $1, 0))`, [tx.workspaceId]);
}

/**
 * The active segments whose rules name this one, themselves or through others: the first by name, and how many there
 * are in all.
 */
export async function dependentsOf(
  tx: WorkspaceTransaction,
  id: string,
  limit: number,
): Promise<{ segments: SegmentEntity[]; total: number }> {
  const rows = await tx.query<{ id: string }>(
    `with recursive dependents as (
       select segment_id as id from segment_references where referenced_id = $1
       union
       select r.segment_id from dependents d join segment_references r on r.referenced_id = d.id
     )
     select s.id from segments s join dependents d on d.id = s.id
     where s.archived_at is null order by s.folded_name, s.id`,
    [id],
  );
  const segments = await segmentsByIds(
    tx,
    rows.slice(0, limit).map((row) => row.id),
  );
  const place = new Map(rows.map((row, index) => [row.id, index]));
  return {
    segments: segments.toSorted((one, other) => place.get(one.id)! - place.get(other.id)!),
    total: rows.length,
  };
}
