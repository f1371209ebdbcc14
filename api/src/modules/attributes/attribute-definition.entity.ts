import type { AttributeType } from '@coterie/rules';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AttributeSubject } from './attribute-definition.js';

/** A row of `attribute_definitions`: an attribute that a workspace made for itself. */
@Entity('attribute_definitions')
export class AttributeDefinitionEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('text')
  subject!: AttributeSubject;

  @PrimaryColumn('text')
  key!: string;

  @Column('text')
  label!: string;

  @Column('text')
  description!: string;

  @Column('text')
  type!: AttributeType;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt!: Date | null;
}
