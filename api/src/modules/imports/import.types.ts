import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';

/** GraphQL's enum of the states of an import. */
export enum ImportState {
  queued = 'queued',
  running = 'running',
  succeeded = 'succeeded',
  failed = 'failed',
  cancelled = 'cancelled',
}

registerEnumType(ImportState, {
  name: 'ImportState',
  description: 'Where an import stands.',
  valuesConfig: {
    queued: { description: 'It waits for a worker.' },
    running: { description: 'A worker is on it.' },
    succeeded: { description: 'All rows were read; some may have been rejected.' },
    failed: { description: 'The file could not be read; `error` says why.' },
    cancelled: { description: 'It was called off.' },
  },
});

@ObjectType('ImportProgress', {
  description: 'How far an import has come. Every row read is in one of the other counts.',
})
@Readable('contacts:read')
export class ImportProgressType {
  @Field(() => Int, {
    nullable: true,
    description: 'Rows of the file, without the header; null until it is known.',
  })
  rowsTotal!: number | null;

  @Field(() => Int, { description: 'Rows read so far.' })
  rowsRead!: number;

  @Field(() => Int, { description: 'Rows that made a new contact.' })
  created!: number;

  @Field(() => Int, { description: 'Rows that changed a contact.' })
  updated!: number;

  @Field(() => Int, { description: 'Rows that said nothing new.' })
  unchanged!: number;

  @Field(() => Int, { description: 'Rows that could not be taken; see `rejectedRows`.' })
  rejected!: number;
}

@ObjectType('ImportColumn', { description: 'A column of an imported file.' })
@Readable('contacts:read')
export class ImportColumnType {
  @Field(() => String, { description: 'Its name in the header.' })
  header!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'Where its values go: `external_id`, `email`, `phone`, `anonymous_id`, the key of a contact attribute, `company.` and the key of a company attribute, or `consent.` and a channel. Null: nowhere.',
  })
  target!: string | null;
}

@ObjectType('RejectedRow', { description: 'A row of an imported file that could not be taken.' })
@Readable('contacts:read')
export class RejectedRowType {
  @Field(() => Int, { description: 'The line on which it begins in the file; the header is on line 1.' })
  line!: number;

  @Field(() => String, { description: 'A stable code.' })
  code!: string;

  @Field(() => String, { description: 'The column that is wrong; empty when it is the row as a whole.' })
  path!: string;

  @Field(() => String, { description: 'What is wrong.' })
  message!: string;

  @Field(() => [String], { description: 'Its cells as they stood in the file.' })
  cells!: string[];
}

@ObjectType('Import', {
  description: 'A CSV file on its way into the contacts. Files are uploaded to `POST /v1/imports`.',
})
@Readable('contacts:read')
export class ImportType {
  /** For nested resolvers; not part of the schema. */
  workspaceId!: string;

  @Field(() => ID, { description: 'The id of the import.' })
  id!: string;

  @Field(() => ImportState, { description: 'Where it stands.' })
  state!: ImportState;

  @Field(() => String, { nullable: true, description: 'What the file was called.' })
  fileName!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What the file was encoded in: utf-8, utf-16le, utf-16be or windows-1252.',
  })
  encoding!: string | null;

  @Field(() => [ImportColumnType], { description: 'The columns of the file, and where each goes.' })
  columns!: ImportColumnType[];

  @Field(() => [String], { description: 'The headers of the columns that go nowhere.' })
  ignoredColumns!: string[];

  @Field(() => ImportProgressType, { description: 'How far it has come.' })
  progress!: ImportProgressType;

  @Field(() => ProblemType, { nullable: true, description: 'Why it failed.' })
  error!: ProblemType | null;

  @Field(() => Date, { description: 'When the file was uploaded.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When a worker began.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  finishedAt!: Date | null;
}

export const ImportConnection = connectionOf(ImportType, 'Import', 'contacts:read');
export const RejectedRowConnection = connectionOf(RejectedRowType, 'RejectedRow', 'contacts:read');
