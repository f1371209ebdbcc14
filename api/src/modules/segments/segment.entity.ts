import type { Rule } from '@coterie/rules';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How a segment's members come about: by a rule, or put together by hand. */
export type SegmentKind = 'rule' | 'static';

/** A row of `segments`. `rule` is set exactly when the kind is `rule`. */
@Entity('segments')
export class SegmentEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  kind!: SegmentKind;

  @Column('text')
  name!: string;

  /** The name as names are compared: no two active segments share it. */
  @Column('text', { name: 'folded_name' })
  foldedName!: string;

  @Column('text')
  description!: string;

  @Column('jsonb', { nullable: true })
  rule!: Rule | null;

  /** Counts the changes of name, description and rule, from 1. */
  @Column('integer')
  version!: number;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt!: Date | null;
}

/** A row of `segment_versions`: what the segment was at that version. Never changed, never deleted. */
@Entity('segment_versions')
export class SegmentVersionEntity {
  @PrimaryColumn('uuid', { name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn('uuid', { name: 'segment_id' })
  segmentId!: string;

  @PrimaryColumn('integer')
  version!: number;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('jsonb', { nullable: true })
  rule!: Rule | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;
}
