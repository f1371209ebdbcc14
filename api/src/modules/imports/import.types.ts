import type { AttributeType } from '@coterie/rules';
import { ValidateNested } from 'class-validator';
import { Field, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { Readable } from '../../platform/graphql/access.js';
import { connectionOf } from '../../platform/graphql/pagination.js';
import { ProblemType } from '../../platform/graphql/problem.types.js';
import { AttributeTypeEnum } from '../attributes/index.js';
import type { DateFormat } from './date-format.js';
import type { ImportEffect } from './import-effects.js';
import type { ImportColumn, ImportKind } from './import.js';
import type { MappingSource } from './suggest-mapping.js';

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

/** GraphQL's enum of what the rows of a file are. */
export const ImportKindEnum = {
  CONTACTS: 'contacts',
  COMPANIES: 'companies',
  SIGNALS: 'signals',
} as const satisfies Record<string, ImportKind>;

registerEnumType(ImportKindEnum, {
  name: 'ImportKind',
  description: 'What the rows of a file are.',
  valuesConfig: {
    CONTACTS: { description: 'Contacts, with the company of each.' },
    COMPANIES: { description: 'Companies.' },
    SIGNALS: { description: 'What third parties say of contacts and companies.' },
  },
});

/** GraphQL's enum of how it was decided where a column goes. */
export const ImportColumnSource = {
  MAPPING: 'mapping',
  SAVED: 'saved',
  NAME: 'name',
  VALUES: 'values',
} as const satisfies Record<string, MappingSource>;

registerEnumType(ImportColumnSource, {
  name: 'ImportColumnSource',
  description: 'How it was decided where a column goes.',
  valuesConfig: {
    MAPPING: { description: 'The uploader said so.' },
    SAVED: { description: 'A file with the same columns was mapped so before.' },
    NAME: { description: 'Its name says so.' },
    VALUES: { description: 'Its values look like it.' },
  },
});

/** GraphQL's enum of the ways to write dates. */
export const ImportDateFormat = {
  ISO: 'iso',
  DAY_FIRST: 'day_first',
  MONTH_FIRST: 'month_first',
  EPOCH_SECONDS: 'epoch_seconds',
  EPOCH_MILLIS: 'epoch_millis',
} as const satisfies Record<string, DateFormat>;

registerEnumType(ImportDateFormat, {
  name: 'ImportDateFormat',
  description: 'How the dates of a column are written.',
  valuesConfig: {
    ISO: { description: '2026-03-05, with or without a time and a zone; or 5 Mar 2026.' },
    DAY_FIRST: { description: '05/03/2026 or 5.3.2026 is the 5th of March.' },
    MONTH_FIRST: { description: '03/05/2026 is the 5th of March.' },
    EPOCH_SECONDS: { description: 'Seconds since 1970.' },
    EPOCH_MILLIS: { description: 'Milliseconds since 1970.' },
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
      'Where its values go: `external_id`, `email`, `phone`, `anonymous_id`, the key of a contact attribute, `company.` and the key of a company attribute, `consent.` and a channel (yes grants, no withdraws), or `opt_out.` and a channel (yes withdraws, no says nothing). Null: nowhere.',
  })
  target!: string | null;

  @Field(() => ImportColumnSource, {
    nullable: true,
    description: 'How that was decided; null where nothing fits.',
  })
  foundBy!: MappingSource | null;

  @Field(() => ImportDateFormat, {
    nullable: true,
    description: 'How its dates are written; null where its values are no dates.',
  })
  dateFormat!: DateFormat | null;
}

@ObjectType('ImportTarget', { description: 'Something that a column of a file can go to.' })
@Readable('contacts:read')
export class ImportTargetType {
  @Field(() => String, { description: 'As it stands in mappings; see `ImportColumn.target`.' })
  target!: string;

  @Field(() => String, { description: 'What people call it.' })
  label!: string;

  @Field(() => Boolean, { description: 'Whether every workspace has it.' })
  standard!: boolean;

  @Field(() => AttributeTypeEnum, {
    nullable: true,
    description: 'Of an attribute: the type of its values.',
  })
  type!: AttributeType | null;
}

@ObjectType('SuggestedColumns', {
  description: 'Where the columns of a file would go if it were uploaded now.',
})
@Readable('contacts:read')
export class SuggestedColumnsType {
  @Field(() => [ImportColumnType], { description: 'Its columns, in its order.' })
  columns!: ImportColumn[];

  @Field(() => [ProblemType], {
    description:
      'Why it would not be taken as it is; `path` is `mapping.` and a header where it is about one.',
  })
  problems!: ProblemType[];
}

@InputType({ description: 'What is said about a column of a file.' })
export class ImportColumnInput {
  @Field(() => String, { description: 'Its name in the header.' })
  header!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where its values go; see `ImportColumn.target`. As suggested unless given.',
  })
  target?: string | null;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether it is left out.' })
  leftOut!: boolean;

  @Field(() => ImportDateFormat, {
    nullable: true,
    description: 'How its dates are written; as its values show unless given.',
  })
  dateFormat?: DateFormat | null;
}

@InputType({ description: 'The beginning of a file.' })
export class FileBeginningInput {
  @Field(() => ImportKindEnum, { defaultValue: 'contacts', description: 'What its rows are.' })
  kind!: ImportKind;

  @Field(() => [String], { description: 'Its header, at most 1,000 columns.' })
  headers!: string[];

  @Field(() => [[String]], { description: 'The cells of its first rows, at most 200 of them.' })
  rows!: string[][];

  @Field(() => [ImportColumnInput], {
    nullable: true,
    description: 'What is said about columns; others go where their names and values suggest.',
  })
  @ValidateNested({ each: true })
  columns?: ImportColumnInput[] | null;
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

@ObjectType('ImportUndo', { description: 'How undoing an import goes, or went.' })
@Readable('contacts:read')
export class ImportUndoType {
  @Field(() => ImportState, { description: 'Where it stands.' })
  state!: ImportState;

  @Field(() => Int, { description: 'Contacts that the import made, and that are gone again.' })
  contactsDeleted!: number;

  @Field(() => Int, {
    description: 'Contacts that the import made, and that stay because they are more than that by now.',
  })
  contactsKept!: number;

  @Field(() => Int, {
    description:
      'Values, identities, consents and companies of other contacts that are as they were before the import.',
  })
  changesUndone!: number;

  @Field(() => Int, {
    description: 'Those that stay because they are not what the import wrote any more; see `notUndone`.',
  })
  changesKept!: number;

  @Field(() => Date, { description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When it ended.' })
  finishedAt!: Date | null;
}

/** GraphQL's enum of what an import does to a contact. */
export const ImportEffectKind = {
  CREATED: 'created',
  ATTRIBUTE: 'attribute',
  IDENTITY: 'identity',
  COMPANY: 'company',
  CONSENT: 'consent',
} as const satisfies Record<string, ImportEffect['kind']>;

registerEnumType(ImportEffectKind, {
  name: 'ImportEffectKind',
  description: 'What an import does to a contact.',
  valuesConfig: {
    CREATED: { description: 'It makes the contact.' },
    ATTRIBUTE: { description: 'It sets an attribute.' },
    IDENTITY: { description: 'It adds an identity.' },
    COMPANY: { description: 'It says to which company the contact belongs.' },
    CONSENT: { description: 'It records a consent.' },
  },
});

@ObjectType('NotUndone', { description: 'Something that an import did and that could not be undone.' })
@Readable('contacts:read')
export class NotUndoneType {
  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => ImportEffectKind, { description: 'What the import did to it.' })
  kind!: ImportEffect['kind'];

  @Field(() => String, {
    description: 'The key of the attribute, the kind of the identity, the channel; empty otherwise.',
  })
  key!: string;

  @Field(() => String, { description: 'Why it stays.' })
  reason!: string;
}

@ObjectType('ImportMappingColumn', { description: 'What was said about a column of a file.' })
@Readable('contacts:read')
export class ImportMappingColumnType {
  @Field(() => String, { description: 'Its name in the header.' })
  header!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Where its values go; null: nowhere, or where its name and its values say.',
  })
  target!: string | null;

  @Field(() => Boolean, { description: 'Whether it is left out.' })
  leftOut!: boolean;

  @Field(() => ImportDateFormat, { nullable: true, description: 'How its dates are written.' })
  dateFormat!: DateFormat | null;
}

@ObjectType('ImportMapping', {
  description:
    'What was said by hand about the columns of a file. It holds for the next file with the same columns, in whatever order, unless its upload says otherwise.',
})
@Readable('contacts:read')
export class ImportMappingType {
  @Field(() => ID, { description: 'The id of the mapping.' })
  id!: string;

  @Field(() => [String], { description: 'The header of the file.' })
  headers!: string[];

  @Field(() => [ImportMappingColumnType], { description: 'The columns that something was said about.' })
  columns!: ImportMappingColumnType[];

  @Field(() => Date, { description: 'When it was said.' })
  savedAt!: Date;
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

  @Field(() => ImportKindEnum, { description: 'What the rows of the file are.' })
  kind!: ImportKind;

  @Field(() => Boolean, {
    description:
      'Whether it only finds out what an import would do: its counts say what would become of the rows, and nothing is stored. A row about somebody whom an earlier row would make counts as updated. `runImport` then imports the file, which is kept for a day.',
  })
  dryRun!: boolean;

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

  @Field(() => Date, {
    nullable: true,
    description:
      'Until when `undoImport` can undo it; null while it runs, for a dry run, and once it is undone.',
  })
  undoableUntil!: Date | null;

  @Field(() => ImportUndoType, {
    nullable: true,
    description: 'How undoing it goes; null if nobody wanted to.',
  })
  undo!: ImportUndoType | null;
}

export const ImportConnection = connectionOf(ImportType, 'Import', 'contacts:read');
export const RejectedRowConnection = connectionOf(RejectedRowType, 'RejectedRow', 'contacts:read');
export const NotUndoneConnection = connectionOf(NotUndoneType, 'NotUndone', 'contacts:read');
export const ImportMappingConnection = connectionOf(ImportMappingType, 'ImportMapping', 'contacts:read');
