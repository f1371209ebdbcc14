import type { Repository } from 'typeorm';
import type { WorkspaceTransaction } from '../../platform/database/with-workspace.js';
import { AttributeDefinitionEntity } from './attribute-definition.entity.js';
import type { AttributeDefinition, AttributeSubject } from './attribute-definition.js';

/** The attributes that the workspace made for itself, archived ones included, in the order of their keys. */
export async function customAttributes(tx: WorkspaceTransaction): Promise<AttributeDefinition[]> {
  const rows = await repository(tx).find({ where: { workspaceId: tx.workspaceId }, order: { key: 'ASC' } });
  return rows.map(toDefinition);
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

function repository(tx: WorkspaceTransaction): Repository<AttributeDefinitionEntity> {
  return tx.manager.getRepository(AttributeDefinitionEntity);
}

function toDefinition(row: AttributeDefinitionEntity): AttributeDefinition {
  const { subject, key, label, description, type, archivedAt } = row;
  return { subject, key, label, description, type, standard: false, mirrored: false, archivedAt };
}
