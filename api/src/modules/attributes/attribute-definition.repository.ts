import type { Repository } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { AttributeDefinitionEntity } from './attribute-definition.entity.js';
import type { Computation } from './computation.js';
import type { AttributeDefinition, AttributeSubject } from './attribute-definition.js';

/** A key that an attribute had before. */
export interface AttributeAlias {
  subject: AttributeSubject;
  alias: string;
  key: string;
}

type DefinitionRow = Pick<AttributeDefinition, 'subject' | 'key' | 'label' | 'description' | 'type'> & {
  archivedAt: string | null;
  computation: Computation | null;
  computedAt: string | null;
};

/**
 * The attributes that the workspace made for itself, archived ones included, in the order of their keys; and what
 * attributes were called before. One statement, since every batch of contacts begins with it.
 */
export async function readDefinitions(
  tx: WorkspaceTransaction,
): Promise<{ definitions: AttributeDefinition[]; aliases: AttributeAlias[] }> {
  const [row] = await tx.query<{ definitions: DefinitionRow[] | null; aliases: AttributeAlias[] | null }>(
    `select
       (select json_agg(json_build_object('subject', subject, 'key', key, 'label', label, 'description', description,
          'type', type, 'archivedAt', archived_at, 'computation', computation, 'computedAt', computed_at) order by key)
        from attribute_definitions left join computed_attributes using (workspace_id, subject, key)) as definitions,
       (select json_agg(json_build_object('subject', subject, 'alias', alias, 'key', key) order by alias)
        from attribute_aliases) as aliases`,
  );
  return { definitions: (row!.definitions ?? []).map(toDefinition), aliases: row!.aliases ?? [] };
}

const definitionsLock = `hashtextextended('attributes:' || $1::text, 0)`;

/** Keeps attributes under their keys until the transaction ends. */
export async function shareDefinitions(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock_shared(${definitionsLock})`, [tx.workspaceId]);
}

/** Waits for everybody who writes by the present keys, and lets nobody begin until the transaction ends. */
export async function lockDefinitions(tx: WorkspaceTransaction): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(${definitionsLock})`, [tx.workspaceId]);
}

/** Stores a new definition; false when the key is taken. */
export async function insertAttribute(
  tx: WorkspaceTransaction,
  definition: AttributeDefinition,
  now: Date,
): Promise<boolean> {
  const { subject, key, label, description, type } = definition;
  const inserted = await tx.query(
    `insert into attribute_definitions (workspace_id, subject, key, label, description, type, created_at)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning key`,
    [tx.workspaceId, subject, key, label, description, type, now],
  );
  return inserted.length > 0;
}

/** Changes what of a definition may change; the key and the type stay what they are. */
export async function changeAttribute(
  tx: WorkspaceTransaction,
  { subject, key }: { subject: AttributeSubject; key: string },
  change: { label?: string; description?: string; archivedAt?: Date | null },
): Promise<void> {
  await repository(tx).update({ workspaceId: tx.workspaceId, subject, key }, change);
}

/** Gives a definition another key. */
export async function rekeyAttribute(
  tx: WorkspaceTransaction,
  { subject, from, to }: { subject: AttributeSubject; from: string; to: string },
): Promise<void> {
  await repository(tx).update({ workspaceId: tx.workspaceId, subject, key: from }, { key: to });
}

/** Forgets a definition; its values have to be somewhere else by then. */
export async function deleteAttribute(
  tx: WorkspaceTransaction,
  { subject, key }: { subject: AttributeSubject; key: string },
): Promise<void> {
  await repository(tx).delete({ workspaceId: tx.workspaceId, subject, key });
}

/** Lets what comes in under a key mean another attribute from now on, and all that meant the one of this key. */
export async function leadTo(
  tx: WorkspaceTransaction,
  { subject, from, to }: { subject: AttributeSubject; from: string; to: string },
  now: Date,
): Promise<void> {
  await tx.query('delete from attribute_aliases where subject = $1 and alias = $2', [subject, to]);
  await tx.query('update attribute_aliases set key = $3 where subject = $1 and key = $2', [
    subject,
    from,
    to,
  ]);
  await tx.query(
    `insert into attribute_aliases (workspace_id, subject, alias, key, created_at) values ($1, $2, $3, $4, $5)`,
    [tx.workspaceId, subject, from, to, now],
  );
}

function repository(tx: WorkspaceTransaction): Repository<AttributeDefinitionEntity> {
  return tx.manager.getRepository(AttributeDefinitionEntity);
}

function toDefinition({ archivedAt, computation, computedAt, ...row }: DefinitionRow): AttributeDefinition {
  return {
    ...row,
    ...(computation && {
      computed: { computation, computedAt: computedAt === null ? null : new Date(computedAt) },
    }),
    standard: false,
    mirrored: false,
    archivedAt: archivedAt === null ? null : new Date(archivedAt),
  };
}
